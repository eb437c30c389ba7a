import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, errorMessage, errorTable } from './errors.ts';

test('no message ends with two full stops, whether its details end their sentences or not', () => {
  for (const [code, { message }] of Object.entries(errorTable)) {
    const names = [...message.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    for (const detail of ['a detail', 'A sentence.', 'One. Another.']) {
      const shown = errorMessage(code as ErrorCode, Object.fromEntries(names.map((name) => [name, detail])));
      assert.doesNotMatch(shown, /\.\.(?:\s|$)/, `${code}: ${shown}`);
    }
  }
  assert.equal(errorMessage('conflict', { reason: 'It is held.' }), 'It is held.');
  assert.equal(errorMessage('conflict', { reason: 'it is held' }), 'it is held.');
});
