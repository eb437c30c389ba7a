import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseTurns } from './choose-turns.ts';

// a ─ b ─ d
//   └ c ─ e
//       └ f
const links = [
  { id: 'a', previous: null },
  { id: 'b', previous: 'a' },
  { id: 'c', previous: 'a' },
  { id: 'd', previous: 'b' },
  { id: 'e', previous: 'c' },
  { id: 'f', previous: 'c' },
];

test('a path is the turn and all before it', () => {
  const chosen = chooseTurns(links, 'd', { response_id: 'e', scope: 'path' });
  assert.deepEqual(chosen, { ids: ['a', 'c', 'e'], current: 'e' });
});

test('all are all, seen at the turn', () => {
  const chosen = chooseTurns(links, 'd', { response_id: 'c', scope: 'all' });
  assert.deepEqual(chosen, { ids: ['a', 'b', 'c', 'd', 'e', 'f'], current: 'c' });
});

test('from here on is the turn and all after it, seen where the chat was if that is among them', () => {
  const chosen = chooseTurns(links, 'f', { response_id: 'c', scope: 'from_here' });
  assert.deepEqual(chosen, { ids: ['c', 'e', 'f'], current: 'f' });
  assert.equal(chooseTurns(links, 'd', { response_id: 'c', scope: 'from_here' })?.current, 'c');
  assert.equal(chooseTurns(links, null, { response_id: 'c', scope: 'from_here' })?.current, 'c');
});

test('a turn that the chat has not is none', () => {
  assert.equal(chooseTurns(links, 'd', { response_id: 'x', scope: 'all' }), null);
});
