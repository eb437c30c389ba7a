import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoFileOf } from './demo-models.ts';

test('a name that every object has stands for no model', () => {
  for (const source of ['__proto__', 'constructor', 'toString', '']) assert.equal(demoFileOf(source), undefined);
  assert.match(demoFileOf('demo:chat') ?? '', /\.gguf$/);
});
