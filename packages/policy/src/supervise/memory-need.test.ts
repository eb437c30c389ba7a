import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkMemory } from './memory-need.ts';

const gibibyte = 2 ** 30;

test('a model larger than the free memory does not fit, a tiny one does', () => {
  assert.equal(checkMemory(8 * gibibyte, 1, 4 * gibibyte).fits, false);
  assert.deepEqual(checkMemory(2_000_000, 1, gibibyte).fits, true);
});

test('the number of replicas that is said to fit does fit, and one more does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 0, max: 64 }),
      (fileGib, replicas, freeGib) => {
        const verdict = checkMemory(fileGib * gibibyte, replicas, freeGib * gibibyte);
        assert.equal(verdict.fits, verdict.fittingReplicas === replicas);
        if (verdict.fittingReplicas === 0) return;
        assert.ok(checkMemory(fileGib * gibibyte, verdict.fittingReplicas, freeGib * gibibyte).fits);
        if (verdict.fits) return;
        assert.ok(!checkMemory(fileGib * gibibyte, verdict.fittingReplicas + 1, freeGib * gibibyte).fits);
      },
    ),
  );
});
