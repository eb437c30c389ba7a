import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planBatch } from './plan-batch.ts';

test('answers under way go first, prompts share the rest in the order given', () => {
  assert.deepEqual(planBatch([600, 1, 300, 1], 512, 512), [510, 1, 0, 1]);
  assert.deepEqual(planBatch([100, 300, 1, 200], 512, 512), [100, 300, 1, 111]);
  assert.deepEqual(planBatch([100, 300, 1, 200], 512, 63), [63, 63, 1, 63]);
});

test('a batch is never over its size, and never empty while something waits', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { maxLength: 8 }), fc.integer({ min: 8, max: 512 }), (pending, size) => {
      const amounts = planBatch(pending, size, 63);
      const total = amounts.reduce((sum, amount) => sum + amount, 0);
      assert.ok(total <= size);
      assert.ok(amounts.every((amount, index) => amount <= (pending[index] ?? 0)));
      assert.equal(
        total > 0,
        pending.some((tokens) => tokens > 0),
      );
      for (const [index, tokens] of pending.entries()) if (tokens === 1) assert.equal(amounts[index], 1);
    }),
  );
});
