import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultEjectPolicy, isEjected, neverEjected, observe, type Observation } from './eject.ts';

const seen = fc.constantFrom<Observation>('success', 'failed_reply', 'gone');

test('a refused connection ejects at once, a failed reply only with others in a row', () => {
  assert.ok(isEjected(observe(neverEjected, 'gone', 1_000), 1_000));
  let state = neverEjected;
  for (let count = 1; count < defaultEjectPolicy.failuresInARow; count++) {
    state = observe(state, 'failed_reply', 1_000);
    assert.equal(isEjected(state, 1_000), false);
  }
  assert.ok(isEjected(observe(state, 'failed_reply', 1_000), 1_000));
});

test('a success readmits at once and forgets', () => {
  const state = observe(observe(neverEjected, 'gone', 0), 'success', 1);
  assert.deepEqual(state, neverEjected);
});

test('an ejection always ends, and never lasts longer than the policy says', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(seen, fc.integer({ min: 0, max: 60_000 })), { maxLength: 60 }), (events) => {
      let now = 1;
      let state = neverEjected;
      for (const [event, after] of events) {
        now += after;
        state = observe(state, event, now);
        assert.ok(state.ejectedUntil - now <= defaultEjectPolicy.maxMs);
        assert.equal(isEjected(state, now + defaultEjectPolicy.maxMs), false);
      }
    }),
  );
});

test('two hundred streams that break with one replica count as one ejection', () => {
  let state = neverEjected;
  for (let stream = 0; stream < 200; stream++) state = observe(state, 'gone', 5);
  assert.equal(state.ejections, 1);
});
