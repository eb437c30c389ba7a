import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { decideRetry } from './decide.ts';

test('what the limits of the key made wait is tried for a day, what fails is given up sooner', () => {
  const minute = 60_000;
  const limited = new KumikiError('rate_limit_exceeded', {}, { retryAfterMs: 10 * minute });
  assert.deepEqual(decideRetry(limited, 1), { kind: 'again', delayMs: 10 * minute });
  assert.deepEqual(decideRetry(new KumikiError('too_many_concurrent_requests'), 100).kind, 'again');
  let waitedMs = 0;
  for (let attempt = 1; ; attempt++) {
    const retry = decideRetry(new KumikiError('queue_full'), attempt);
    if (retry.kind === 'give_up') break;
    waitedMs += retry.delayMs;
  }
  assert.ok(waitedMs > 24 * 60 * minute);
  assert.equal(decideRetry(new KumikiError('upstream_error'), 11).kind, 'again');
  assert.equal(decideRetry(new KumikiError('upstream_error'), 12).kind, 'give_up');
  assert.equal(decideRetry(new KumikiError('quota_exceeded'), 12).kind, 'give_up');
  assert.equal(decideRetry(new KumikiError('model_not_found'), 1).kind, 'give_up');
});
