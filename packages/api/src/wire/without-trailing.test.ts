import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutTrailing } from './without-trailing.ts';

test('the run at the end goes, and no other', () => {
  assert.equal(withoutTrailing('//a//b///', '/'), '//a//b');
  assert.equal(withoutTrailing('a', '/'), 'a');
  assert.equal(withoutTrailing('///', '/'), '');
});
