import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearMiss, whatThereIs } from './near-miss.ts';

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

test('what there is follows what was meant; of many some are listed and the rest is counted', () => {
  assert.equal(whatThereIs('shpo', ['shop', 'books', 'shop']), " Did you mean 'shop'? There are: books, shop.");
  assert.equal(
    whatThereIs('x', ['key_1'], (id) => `${id} (app)`),
    ' There are: key_1 (app).',
  );
  assert.equal(whatThereIs('x', []), '');
  const many = Array.from({ length: 1_000 }, (_, at) => `service-${String(at).padStart(3, '0')}`);
  assert.match(whatThereIs('quux', many), /^ There are: service-000, .*service-011 and 988 more\.$/);
});
