import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeRefusal, type RefusedRun } from './judge-refusal.ts';

const busy = { mayPass: true, isKeyLimit: false, retryAfterMs: null };
const run: RefusedRun = { mayRefuse: false, mayPark: true, begun: false, drivenMs: 0, refusedMs: 0 };

test('a client that still waits for the status is given the refusal, and so is what would be refused again', () => {
  assert.deepEqual(judgeRefusal(busy, { ...run, mayRefuse: true }), { kind: 'give_up' });
  assert.deepEqual(judgeRefusal({ ...busy, mayPass: false }, run), { kind: 'give_up' });
});

test('other refusals wait for their retry time, within bounds, also with a client waiting for an answer that has begun', () => {
  assert.deepEqual(judgeRefusal(busy, run), { kind: 'wait', ms: 500 });
  assert.deepEqual(judgeRefusal({ ...busy, retryAfterMs: 2_000 }, run), { kind: 'wait', ms: 2_000 });
  assert.deepEqual(judgeRefusal({ ...busy, retryAfterMs: 60_000 }, run), { kind: 'wait', ms: 10_000 });
  assert.deepEqual(judgeRefusal(busy, { ...run, mayRefuse: true, begun: true }), { kind: 'wait', ms: 500 });
});

test('after five seconds a run gives its driver back, for longer the longer it was refused', () => {
  assert.deepEqual(judgeRefusal(busy, { ...run, drivenMs: 5_000 }), { kind: 'park', afterMs: 1_250 });
  assert.deepEqual(judgeRefusal(busy, { ...run, drivenMs: 5_000, refusedMs: 15_000 }), {
    kind: 'park',
    afterMs: 5_000,
  });
  assert.deepEqual(judgeRefusal(busy, { ...run, drivenMs: 5_000, begun: true }), { kind: 'wait', ms: 500 });
  assert.deepEqual(judgeRefusal(busy, { ...run, drivenMs: 5_000, mayPark: false }), { kind: 'wait', ms: 500 });
});

test('patience ends, and later for the limits of the own key', () => {
  const late = { ...run, refusedMs: 600_001 };
  assert.deepEqual(judgeRefusal(busy, late), { kind: 'give_up' });
  assert.equal(judgeRefusal({ ...busy, isKeyLimit: true }, late).kind, 'wait');
  assert.equal(judgeRefusal({ ...busy, isKeyLimit: true }, { ...run, refusedMs: 4_200_001 }).kind, 'give_up');
});
