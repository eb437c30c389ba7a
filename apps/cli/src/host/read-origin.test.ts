import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOrigin } from './read-origin.ts';

test('an origin is a scheme and a host, and nothing behind it', () => {
  assert.equal(readOrigin('https://AI.example:443/'), 'https://ai.example');
  assert.equal(readOrigin('http://[::1]:8420'), 'http://[::1]:8420');
  const wrong = [
    'ai.example',
    'https://ai.example/kumiki',
    'https://me:secret@ai.example',
    'ftp://ai.example',
    'https://',
  ];
  for (const text of [...wrong, 'https://ai.example/?a', 'https://ai.example/#a', ''])
    assert.equal(readOrigin(text), null);
});
