import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planBatch } from './plan-batch.ts';

const runnable = (...pending: number[]) => pending.map((each) => ({ pending: each, runnable: true }));

test('answers under way go first, prompts share the rest in order of arrival', () => {
  assert.deepEqual(planBatch(runnable(600, 1, 300, 1), 512, 512), [510, 1, 0, 1]);
  assert.deepEqual(planBatch(runnable(100, 300, 1, 200), 512, 512), [100, 300, 1, 111]);
  assert.deepEqual(planBatch(runnable(100, 300, 1, 200), 512, 63), [63, 63, 1, 63]);
});

test('what may not run gets nothing', () => {
  assert.deepEqual(planBatch([{ pending: 1, runnable: false }, ...runnable(5)], 512, 512), [0, 5]);
});

test('a batch is never over its size, and never empty while something can run', () => {
  const candidate = fc.record({ pending: fc.nat(2000), runnable: fc.boolean() });
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 8 }), fc.integer({ min: 8, max: 512 }), (candidates, size) => {
      const amounts = planBatch(candidates, size, 63);
      const total = amounts.reduce((sum, amount) => sum + amount, 0);
      assert.ok(total <= size);
      assert.ok(amounts.every((amount, index) => amount <= (candidates[index]?.pending ?? 0)));
      assert.equal(
        total > 0,
        candidates.some(({ pending, runnable }) => runnable && pending > 0),
      );
      for (const [index, { pending, runnable }] of candidates.entries())
        if (runnable && pending === 1) assert.equal(amounts[index], 1);
    }),
  );
});
