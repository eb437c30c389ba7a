import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeSummaries } from './merge-summaries.ts';
import { createSlidingSamples } from './sliding-samples.ts';

test('percentiles over several are within a twentieth of the rank that they have among all measurements', () => {
  const values = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 80 });
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), (gateways) => {
      const summaries = gateways.map((list) => {
        const samples = createSlidingSamples(1_000, 100);
        for (const value of list) samples.add(0, value, 1);
        return samples.summary(1);
      });
      const all = gateways.flat().toSorted((a, b) => a - b);
      const merged = mergeSummaries(summaries);
      if (all.length === 0) return assert.equal(merged, null);
      assert.ok(merged);
      for (const [value, share] of [
        [merged.p50, 0.5],
        [merged.p95, 0.95],
      ] as const) {
        // Each gateway rounds by a twentieth of its measurements and by one more.
        const slack = all.length / 20 + gateways.length;
        assert.ok(all.filter((one) => one < value).length <= share * all.length + slack);
        assert.ok(all.filter((one) => one <= value).length >= share * all.length - slack);
      }
    }),
  );
});

test('who measured nothing changes nothing', () => {
  const one = { weight: 3, values: Array.from({ length: 20 }, (_, at) => at) };
  assert.deepEqual(mergeSummaries([null, one, { weight: 0, values: one.values }]), { p50: 9, p95: 18 });
  assert.equal(mergeSummaries([null]), null);
});
