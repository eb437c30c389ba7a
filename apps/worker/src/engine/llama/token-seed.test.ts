import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenSeed } from './token-seed.ts';

test('a seed of 32 bits for every seed and position, none the one that llama.cpp takes for random', () => {
  const seen = new Set<number>();
  for (const seed of [0, 1, 2, -1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])
    for (let position = 0; position < 500; position++) {
      const value = tokenSeed(seed, position);
      assert.ok(Number.isInteger(value) && value >= 0 && value < 2 ** 32 - 1);
      seen.add(value);
    }
  assert.equal(seen.size, 8 * 500);
});

test('the values are fixed: an answer is continued by a newer version as well', () => {
  assert.deepEqual([tokenSeed(7, 0), tokenSeed(7, 1), tokenSeed(8, 0)], [574883567, 3958227252, 1599037863]);
});
