import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError, type KeyLimits, type KeyRecord } from '@kumiki/api';
import { formatDuration } from './format-duration.ts';
import { createKeyLimiter } from './key-limiter.ts';

function key(limits: Partial<KeyLimits>): KeyRecord {
  return {
    id: 'key_1',
    name: 'test',
    project: 'default',
    hash: '',
    roles: ['inference'],
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, maxConcurrent: null, ...limits },
    expiresAt: null,
  };
}

function code(thunk: () => unknown): string {
  try {
    thunk();
  } catch (error) {
    if (error instanceof KumikiError) return error.code;
    throw error;
  }
  return 'allowed';
}

test('requests beyond the limit are refused until time has passed', () => {
  let now = 0;
  const limiter = createKeyLimiter(() => now);
  const limited = key({ requestsPerMinute: 2 });
  limiter.admit(limited, 0).settle(0);
  limiter.admit(limited, 0).settle(0);
  assert.equal(
    code(() => limiter.admit(limited, 0)),
    'rate_limit_exceeded',
  );
  now = 30_000;
  assert.equal(
    code(() => limiter.admit(limited, 0)),
    'allowed',
  );
});

test('tokens are reserved before the work, so that parallel streams cannot overshoot together', () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ tokensPerMinute: 100 });
  const first = limiter.admit(limited, 60);
  assert.equal(
    code(() => limiter.admit(limited, 60)),
    'rate_limit_exceeded',
  );
  first.settle(10);
  assert.equal(
    code(() => limiter.admit(limited, 60)),
    'allowed',
  );
});

test('a stream that goes on beyond its reservation is counted while it runs', () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ tokensPerMinute: 100 });
  const stream = limiter.admit(limited, 10);
  stream.extend(85);
  assert.equal(
    code(() => limiter.admit(limited, 10)),
    'rate_limit_exceeded',
  );
  stream.settle(20);
  assert.equal(
    code(() => limiter.admit(limited, 80)),
    'allowed',
  );
});

test('open requests are counted and given back once', () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ maxConcurrent: 1 });
  const first = limiter.admit(limited, 0);
  assert.equal(
    code(() => limiter.admit(limited, 0)),
    'too_many_concurrent_requests',
  );
  first.settle(null);
  first.settle(null);
  const second = limiter.admit(limited, 0);
  assert.equal(
    code(() => limiter.admit(limited, 0)),
    'too_many_concurrent_requests',
  );
  second.settle(null);
});

test('the headers tell limit, remainder and reset as OpenAI words them', () => {
  const limiter = createKeyLimiter(() => 0);
  const admission = limiter.admit(key({ requestsPerMinute: 60 }), 0);
  assert.deepEqual(admission.headers, [
    ['x-ratelimit-limit-requests', '60'],
    ['x-ratelimit-remaining-requests', '59'],
    ['x-ratelimit-reset-requests', '1s'],
  ]);
  assert.deepEqual(limiter.admit(key({}), 5).headers, []);
});

test('durations read like those of the OpenAI API', () => {
  assert.equal(formatDuration(12), '12ms');
  assert.equal(formatDuration(1_000), '1s');
  assert.equal(formatDuration(360_000), '6m0s');
  assert.equal(formatDuration(3_661_000), '1h1m1s');
});
