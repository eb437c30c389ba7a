import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { growConcurrency, initialConcurrency, shrinkConcurrency } from './adaptive-concurrency.ts';

const policy = { initial: 4, max: 16, basePauseMs: 500, maxPauseMs: 60_000 };

test('whatever happens, the limit stays between one and its maximum, and no pause exceeds its maximum', () => {
  const event = fc.record({
    after: fc.integer({ min: 0, max: 5_000 }),
    refused: fc.boolean(),
    retryAfterMs: fc.integer({ min: 0, max: 600_000 }),
    jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      let state = initialConcurrency(policy);
      let now = 0;
      for (const { after, refused, retryAfterMs, jitter } of events) {
        now += after;
        state = refused
          ? shrinkConcurrency(state, { now, retryAfterMs, jitter }, policy)
          : growConcurrency(state, policy);
        assert.ok(state.limit >= 1 && state.limit <= policy.max);
        assert.ok(state.pausedUntil - now <= policy.maxPauseMs * 1.25);
      }
    }),
  );
});

test('as many good answers as requests are open make room for about one more', () => {
  let state = initialConcurrency(policy);
  for (let answers = 0; answers < 4; answers++) state = growConcurrency(state, policy);
  assert.ok(state.limit > 4.8 && state.limit <= 5);
});

test('a burst of refusals halves once, and the pause is at least what was asked', () => {
  let state = initialConcurrency(policy);
  for (const now of [1_000, 1_001, 1_002]) {
    state = shrinkConcurrency(state, { now, retryAfterMs: 3_000, jitter: 0 }, policy);
  }
  assert.deepEqual(state, { limit: 2, refusals: 1, pausedUntil: 4_002 });
});

test('refusals in a row wait twice as long each time, and one good answer ends the row', () => {
  let state = initialConcurrency(policy);
  const pauses: number[] = [];
  for (let count = 0; count < 3; count++) {
    const now = state.pausedUntil + 1;
    state = shrinkConcurrency(state, { now, retryAfterMs: 0, jitter: 0 }, policy);
    pauses.push(state.pausedUntil - now);
  }
  assert.deepEqual(pauses, [500, 1_000, 2_000]);
  assert.equal(growConcurrency(state, policy).refusals, 0);
});
