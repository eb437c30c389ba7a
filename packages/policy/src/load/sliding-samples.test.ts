import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeSummaries } from './merge-summaries.ts';
import { createSlidingSamples } from './sliding-samples.ts';

const windowMs = 10_000;
const sample = fc.record({
  after: fc.integer({ min: 0, max: 2_000 }),
  value: fc.integer({ min: 0, max: 1_000 }),
  weight: fc.integer({ min: 1, max: 5 }),
});

test('percentiles are those of a plain list of what the window holds, the newest samples up to the limit', () => {
  fc.assert(
    fc.property(
      fc.array(sample),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 12_000 }),
      (all, limit, rest) => {
        const samples = createSlidingSamples(windowMs, limit);
        let now = 0;
        const kept = all.map(({ after, value, weight }) => {
          now += after;
          samples.add(now, value, weight);
          return { at: now, value, weight };
        });
        now += rest;
        const list = kept
          .slice(-limit)
          .filter(({ at }) => at > now - windowMs)
          .flatMap(({ value, weight }) => Array.from({ length: weight }, () => value))
          .sort((a, b) => a - b);
        const rank = (share: number): number | undefined => list[Math.ceil(share * list.length - 1e-9) - 1];
        const expected = list.length === 0 ? null : { p50: rank(0.5), p95: rank(0.95) };
        assert.deepEqual(mergeSummaries([samples.summary(now)]), expected);
      },
    ),
  );
});

test('a window without measurements has no summary', () => {
  const samples = createSlidingSamples(windowMs, 4);
  assert.equal(samples.summary(0), null);
  samples.add(0, 7, 1);
  assert.deepEqual(mergeSummaries([samples.summary(9_999)]), { p50: 7, p95: 7 });
  assert.equal(samples.summary(10_000), null);
});
