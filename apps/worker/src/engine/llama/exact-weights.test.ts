import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasExactWeights } from './exact-weights.ts';

const matrix = (ggmlType: number) => ({ ggmlType, dimensions: [64, 64] });

test('weights are exact when every matrix is, whatever the vectors are', () => {
  assert.equal(hasExactWeights([matrix(8), matrix(14), { ggmlType: 0, dimensions: [64n] }]), true);
  assert.equal(hasExactWeights([matrix(8), matrix(12)]), false);
  assert.equal(hasExactWeights([matrix(1)]), false);
  assert.equal(hasExactWeights([]), false);
});
