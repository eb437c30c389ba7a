import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBearerCheck } from './bearer-check.ts';

test('the token passes in its header alone, and nothing else does', () => {
  const passes = createBearerCheck('a-token-of-a-service');
  assert.equal(passes('Bearer a-token-of-a-service'), true);
  for (const other of [
    undefined,
    '',
    'a-token-of-a-service',
    'Bearer a-token-of-a-servic',
    'bearer a-token-of-a-service',
  ])
    assert.equal(passes(other), false, String(other));
});
