import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuse } from './fuse.ts';

const list = (weight: number, ...numbers: number[]) => ({ weight, numbers });

test('what is first everywhere scores one, and what is in one list only gets nothing from the other', () => {
  const [first, second, third] = fuse([list(1, 7, 8), list(1, 7, 9)]);
  assert.deepEqual(first, { number: 7, score: 1 });
  assert.deepEqual([second?.number, third?.number], [8, 9]);
  assert.equal(second?.score, third?.score);
  assert.ok((second?.score ?? 1) < 0.5);
});

test('a list that is empty changes no order, one without weight changes nothing', () => {
  const numbers = (lists: Parameters<typeof fuse>[0]) => fuse(lists).map(({ number }) => number);
  assert.deepEqual(numbers([list(1, 3, 1, 2), list(1)]), [3, 1, 2]);
  assert.deepEqual(fuse([list(1, 3, 1), list(0, 1, 3)]), fuse([list(1, 3, 1)]));
  assert.deepEqual(fuse([list(0, 1)]), []);
  assert.deepEqual(fuse([]), []);
});

test('weights decide between lists that disagree', () => {
  assert.equal(fuse([list(3, 1, 2), list(1, 2, 1)])[0]?.number, 1);
  assert.equal(fuse([list(1, 1, 2), list(3, 2, 1)])[0]?.number, 2);
});
