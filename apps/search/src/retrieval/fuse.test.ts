import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floorOfSimilarities, fuse, type Hit } from './fuse.ts';

const hits = (...pairs: [number, number][]): Hit[] => pairs.map(([number, score]) => ({ number, score }));
const list = (weight: number, ...pairs: [number, number][]) => ({ weight, hits: hits(...pairs), floor: 0 });
const numbers = (lists: Parameters<typeof fuse>[0]) => fuse(lists).map(({ number }) => number);

test('what is first everywhere scores one, and what is in one list only gets nothing from the other', () => {
  const [first, second, third] = fuse([list(1, [7, 30], [8, 15]), list(1, [7, 0.8], [9, 0.4])]);
  assert.deepEqual(first, { number: 7, score: 1 });
  assert.deepEqual([second?.number, third?.number], [8, 9]);
  assert.equal(second?.score, third?.score);
  assert.ok((second?.score ?? 1) < 0.5);
});

test('a list that is empty changes no order, one without weight changes nothing', () => {
  const some: [number, number][] = [
    [3, 9],
    [1, 8],
    [2, 7],
  ];
  assert.deepEqual(numbers([list(1, ...some), list(1)]), [3, 1, 2]);
  assert.deepEqual(fuse([list(1, ...some), list(0, [1, 5], [3, 4])]), fuse([list(1, ...some)]));
  assert.deepEqual(fuse([list(0, [1, 1])]), []);
  assert.deepEqual(fuse([]), []);
});

test('weights decide between lists that disagree', () => {
  assert.equal(numbers([list(3, [1, 1], [2, 0.1]), list(1, [2, 1], [1, 0.1])])[0], 1);
  assert.equal(numbers([list(1, [1, 1], [2, 0.1]), list(3, [2, 1], [1, 0.1])])[0], 2);
});

test('what is nearly as good as the first stays so, and what one list is sure of wins', () => {
  const unsure = list(1, [1, 0.52], [2, 0.51]);
  const sure = list(1, [2, 9], [1, 2]);
  assert.equal(numbers([unsure, sure])[0], 2);
});

test('similarities that all are high count from the last of a full list, those of a short one from zero', () => {
  const full = hits([1, 0.9], [2, 0.85], [3, 0.8]);
  assert.equal(floorOfSimilarities(full, 3), 0.8);
  assert.ok(floorOfSimilarities(full, 300) < 0.01);
  assert.equal(floorOfSimilarities([], 3), 0);
  assert.deepEqual(
    fuse([{ weight: 1, hits: full, floor: 0.8 }]).map(({ score }) => Math.round(score * 100)),
    [100, 50, 0],
  );
  const opposite = hits([1, -0.2], [2, -0.4]);
  const scores = fuse([{ weight: 1, hits: opposite, floor: floorOfSimilarities(opposite, 100) }]);
  assert.ok(scores.every(({ score }) => score >= 0 && score <= 1));
});
