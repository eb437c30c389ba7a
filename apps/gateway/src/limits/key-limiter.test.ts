import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError, type KeyLimits, type KeyRecord } from '@kumiki/api';
import { formatDuration } from './format-duration.ts';
import { createKeyLimiter, type Admission, type KeyLimiter } from './key-limiter.ts';

function key(limits: Partial<KeyLimits>): KeyRecord {
  return {
    id: 'key_1',
    name: 'test',
    project: 'default',
    hash: '',
    roles: ['inference'],
    models: null,
    limits: { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null, ...limits },
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

const whole = 'request_and_place';

/** A request that reserves tokens. */
function admitted(limiter: KeyLimiter, limited: KeyRecord, tokens: number): Admission {
  const admission = limiter.admit(limited, whole);
  admission.reserve(tokens);
  return admission;
}

test('requests beyond the limit are refused until time has passed', () => {
  let now = 0;
  const limiter = createKeyLimiter(() => now);
  const limited = key({ requests_per_minute: 2 });
  limiter.admit(limited, whole).release();
  limiter.admit(limited, 'request').release();
  for (const demand of [whole, 'request'] as const) {
    assert.equal(
      code(() => limiter.admit(limited, demand)),
      'rate_limit_exceeded',
    );
  }
  assert.equal(
    code(() => limiter.admit(limited, 'nothing')),
    'allowed',
  );
  now = 30_000;
  assert.equal(
    code(() => limiter.admit(limited, whole)),
    'allowed',
  );
});

test('tokens are reserved before the work, so that parallel streams cannot overshoot together', () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ tokens_per_minute: 100 });
  const first = admitted(limiter, limited, 60);
  assert.equal(
    code(() => admitted(limiter, limited, 60)),
    'rate_limit_exceeded',
  );
  first.settle(10);
  assert.equal(
    code(() => admitted(limiter, limited, 60)),
    'allowed',
  );
});

test('what is refused for its tokens does not count as a request', () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ requests_per_minute: 2, tokens_per_minute: 100 });
  admitted(limiter, limited, 60);
  for (let at = 0; at < 5; at++) {
    assert.throws(() => admitted(limiter, limited, 60), /100 tokens per minute/);
  }
  admitted(limiter, limited, 40);
  assert.throws(() => admitted(limiter, limited, 0), /2 requests per minute/);
});

test('a stream that goes on beyond its reservation is counted while it runs', () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ tokens_per_minute: 100 });
  const stream = admitted(limiter, limited, 10);
  stream.extend(85);
  assert.equal(
    code(() => admitted(limiter, limited, 10)),
    'rate_limit_exceeded',
  );
  stream.settle(20);
  assert.equal(
    code(() => admitted(limiter, limited, 80)),
    'allowed',
  );
});

test('open requests are counted and given back once', () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ max_concurrent: 1 });
  const first = limiter.admit(limited, whole);
  assert.equal(
    code(() => limiter.admit(limited, whole)),
    'too_many_concurrent_requests',
  );
  assert.equal(
    code(() => limiter.admit(limited, 'request')),
    'allowed',
  );
  first.release();
  first.release();
  const second = limiter.admit(limited, whole);
  assert.equal(
    code(() => limiter.admit(limited, whole)),
    'too_many_concurrent_requests',
  );
  second.release();
});

const staying = { lowPriority: false, leaving: () => new AbortController().signal };

test('a service has places of its own, waits for them in turn, and for nobody longer than it wants', async () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ max_concurrent: 1 });
  const outer = limiter.admit(limited, whole);
  const first = await limiter.admitService(limited, staying);
  const entered: string[] = [];
  const wait = async (name: string, lowPriority: boolean): Promise<void> => {
    const admission = await limiter.admitService(limited, { ...staying, lowPriority });
    entered.push(name);
    admission.release();
  };
  const left = new AbortController();
  const leaver = limiter.admitService(limited, { lowPriority: false, leaving: () => left.signal });
  const waiting = [wait('later', true), wait('one', false), wait('two', false)];
  left.abort();
  await assert.rejects(leaver, { code: 'too_many_concurrent_requests' });
  assert.deepEqual(entered, []);
  first.release();
  await Promise.all(waiting);
  assert.deepEqual(entered, ['one', 'two', 'later']);
  outer.release();
});

test('so many may wait, and the next is refused', async () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ max_concurrent: 1 });
  await limiter.admitService(limited, staying);
  const left = new AbortController();
  const waiting = Array.from({ length: 16 }, () =>
    limiter.admitService(limited, { lowPriority: true, leaving: () => left.signal }),
  );
  await assert.rejects(limiter.admitService(limited, staying), { code: 'too_many_concurrent_requests' });
  left.abort();
  for (const { status } of await Promise.allSettled(waiting)) assert.equal(status, 'rejected');
});

test('what nobody waits for counts as a request when a model is asked, the rest did already', async () => {
  const limiter = createKeyLimiter(() => 0);
  const limited = key({ requests_per_minute: 1, max_concurrent: 1 });
  for (let at = 0; at < 3; at++) (await limiter.admitService(limited, staying)).release();
  (await limiter.admitService(limited, { ...staying, lowPriority: true })).release();
  for (let at = 0; at < 2; at++) {
    const refused = limiter.admitService(limited, { ...staying, lowPriority: true });
    await assert.rejects(refused, { code: 'rate_limit_exceeded', retryAfterMs: 60_000 });
  }
  (await limiter.admitService(limited, staying)).release();
});

test('the headers tell limit, remainder and reset as OpenAI words them', () => {
  const limiter = createKeyLimiter(() => 0);
  const admission = limiter.admit(key({ requests_per_minute: 60 }), whole);
  const told = {};
  admission.addHeaders(told);
  assert.deepEqual(told, {
    'x-ratelimit-limit-requests': 60,
    'x-ratelimit-remaining-requests': 59,
    'x-ratelimit-reset-requests': '1s',
  });
  const none = {};
  limiter.admit(key({}), whole).addHeaders(none);
  assert.deepEqual(none, {});
});

test('durations read like those of the OpenAI API', () => {
  assert.equal(formatDuration(12), '12ms');
  assert.equal(formatDuration(1_000), '1s');
  assert.equal(formatDuration(360_000), '6m0s');
  assert.equal(formatDuration(3_661_000), '1h1m1s');
});
