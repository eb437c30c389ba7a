import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSlidingCounter } from './sliding-counter.ts';

const windowMs = 10_000;
const steps = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: 4_000 }), count: fc.integer({ min: 0, max: 50 }) }),
);

test('a rate holds everything of the last nine tenths of the window, and nothing older than the window', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 30_000 }), (added, rest) => {
      const counter = createSlidingCounter(windowMs);
      let now = 0;
      const events = added.map(({ after, count }) => {
        now += after;
        counter.add(now, count);
        return { at: now, count };
      });
      now += rest;
      const seen = (counter.perSecond(now) * windowMs) / 1_000;
      const since = (from: number): number =>
        events.filter(({ at }) => at > from).reduce((sum, { count }) => sum + count, 0);
      assert.ok(seen >= since(now - windowMs * 0.9) - 1e-6);
      assert.ok(seen <= since(now - windowMs) + 1e-6);
    }),
  );
});

test('what is steady is told as it is', () => {
  const counter = createSlidingCounter(windowMs);
  for (let now = 0; now < 60_000; now += 10) counter.add(now, 1);
  assert.equal(counter.perSecond(59_999), 100);
  assert.equal(counter.perSecond(90_000), 0);
});
