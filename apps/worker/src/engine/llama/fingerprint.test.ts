import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf } from './fingerprint.ts';

test('a split model has all its files, another has one', () => {
  assert.deepEqual(partsOf('/m/a-00001-of-00003.gguf'), [
    '/m/a-00001-of-00003.gguf',
    '/m/a-00002-of-00003.gguf',
    '/m/a-00003-of-00003.gguf',
  ]);
  assert.deepEqual(partsOf('/m/a.gguf'), ['/m/a.gguf']);
  assert.deepEqual(partsOf('/m/a-00002-of-00003.gguf'), ['/m/a-00002-of-00003.gguf']);
});
