import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearMiss } from './near-miss.ts';

test('a mistyped name finds the one it meant', () => {
  assert.equal(nearMiss('replcias', ['replicas', 'rollout']), 'replicas');
  assert.equal(nearMiss('Replicas', ['replicas']), 'replicas');
  assert.equal(didYouMean('temprature', ['temperature', 'top_p']), " Did you mean 'temperature'?");
});

test('a name that is near nothing gets no suggestion', () => {
  assert.equal(nearMiss('quux', ['replicas', 'rollout']), null);
  assert.equal(nearMiss('x'.repeat(10_000), ['x'.repeat(9_999)]), null);
  assert.equal(didYouMean('', ['a']), '');
});
