import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxSurge, type RolloutReplica, stepRollout } from './rollout.ts';

const replica = fc
  .record({ current: fc.boolean(), ready: fc.boolean(), wasReady: fc.boolean(), inFlight: fc.nat({ max: 5 }) })
  .map((fields) => ({ ...fields, wasReady: fields.wasReady || fields.ready }));
const fleet = fc
  .array(replica, { maxLength: 10 })
  .map((all) => all.map((fields, at): RolloutReplica => ({ ...fields, id: `r${at}` })));
const desiredCount = fc.nat({ max: 6 });
const ready = (all: readonly RolloutReplica[]) => all.filter((one) => one.ready).length;

test('never takes out a replica that serves while fewer than are wanted would be left', () => {
  fc.assert(
    fc.property(desiredCount, fleet, (desired, all) => {
      const { drain } = stepRollout(desired, all);
      const gone = new Set(drain.map(({ id }) => id));
      const left = all.filter(({ id }) => !gone.has(id));
      assert.ok(ready(left) >= Math.min(desired, ready(all)));
    }),
  );
});

test('never runs more than the wanted number and the surge, beyond what was there', () => {
  fc.assert(
    fc.property(desiredCount, fleet, (desired, all) => {
      const { start, drain } = stepRollout(desired, all);
      if (start > 0) assert.ok(all.length - drain.length + start <= desired + maxSurge(desired));
    }),
  );
});

test('converges to the wanted number of the current revision when what starts becomes ready', () => {
  fc.assert(
    fc.property(desiredCount, fleet, (desired, begin) => {
      let all: readonly RolloutReplica[] = begin;
      for (let round = 0; round < 40; round++) {
        const { start, drain } = stepRollout(desired, all);
        const gone = new Set(drain.map(({ id }) => id));
        const left = all.filter(({ id }) => !gone.has(id)).map((one) => ({ ...one, ready: true, wasReady: true }));
        const added = Array.from({ length: start }, (_, at) => ({
          id: `n${round}-${at}`,
          current: true,
          ready: true,
          wasReady: true,
          inFlight: 0,
        }));
        all = [...left, ...added];
      }
      assert.equal(all.length, desired);
      assert.ok(all.every(({ current }) => current));
      assert.deepEqual(stepRollout(desired, all), { start: 0, drain: [] });
    }),
  );
});

test('a new revision that does not start leaves every old replica in its place', () => {
  const old = ['a', 'b'].map((id) => ({ id, current: false, ready: true, wasReady: true, inFlight: 1 }));
  const broken = { id: 'c', current: true, ready: false, wasReady: false, inFlight: 0 };
  assert.deepEqual(stepRollout(2, old), { start: 1, drain: [] });
  assert.deepEqual(stepRollout(2, [...old, broken]), { start: 0, drain: [] });
});

test('each new replica that serves takes the place of one old replica', () => {
  const old = ['a', 'b'].map((id) => ({ id, current: false, ready: true, wasReady: true, inFlight: 0 }));
  const fresh = { id: 'c', current: true, ready: true, wasReady: true, inFlight: 0 };
  const step = stepRollout(2, [...old, fresh]);
  assert.deepEqual(
    step.drain.map(({ id }) => id),
    ['b'],
  );
  assert.equal(step.start, 1);
});

test('scaling down takes the idle ones and those that do not serve first', () => {
  const all = [
    { id: 'busy', current: true, ready: true, wasReady: true, inFlight: 3 },
    { id: 'idle', current: true, ready: true, wasReady: true, inFlight: 0 },
    { id: 'starting', current: true, ready: false, wasReady: false, inFlight: 0 },
  ];
  assert.deepEqual(
    stepRollout(1, all).drain.map(({ id }) => id),
    ['idle', 'starting'],
  );
  assert.equal(stepRollout(0, all).drain.length, 3);
});
