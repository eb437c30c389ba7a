import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LastAsked, noteAsked, othersAsked, othersCountMs } from './last-asked.ts';

function asked(...projects: readonly string[]): LastAsked | null {
  let known: LastAsked | null = null;
  for (const [at, project] of projects.entries()) known = noteAsked(known, project, at);
  return known;
}

test('a project that asks alone has nobody beside it, however often it asks', () => {
  assert.equal(othersAsked(null, 'a', 0), false);
  assert.equal(othersAsked(asked('a', 'a', 'a'), 'a', 3), false);
});

test('any project sees another one that asked recently', () => {
  const known = asked('a', 'b', 'b', 'c', 'c');
  for (const project of ['a', 'b', 'c', 'never']) assert.equal(othersAsked(known, project, 5), true);
});

test('one that has asked nothing for a while counts no more', () => {
  const known = noteAsked(asked('a'), 'b', othersCountMs);
  assert.equal(othersAsked(known, 'b', othersCountMs - 1), true);
  assert.equal(othersAsked(known, 'b', othersCountMs), false);
  assert.equal(othersAsked(known, 'a', othersCountMs), true);
});
