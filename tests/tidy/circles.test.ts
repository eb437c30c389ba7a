import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { isProduct } from '../repository/source-files.ts';
import { circlesOf, graphOf } from './import-graph.ts';

test('the search for circles finds them', () => {
  const graph = new Map(
    Object.entries({ a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['d'], f: ['a'] }).map(
      ([node, targets]) => [node, new Set(targets)] as const,
    ),
  );
  assert.deepEqual(circlesOf(graph), [
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
});

test('no file imports itself by way of others', () => {
  assert.deepEqual(
    circlesOf(graphOf((from, to) => [from, to])).map((circle) => circle.join(' ')),
    [],
    'Move what both need into a file of its own.',
  );
});

test('no two folders of the product import each other', () => {
  const graph = graphOf((from, to) =>
    isProduct(from) && isProduct(to) ? [posix.dirname(from), posix.dirname(to)] : null,
  );
  const pairs = [...graph].flatMap(([folder, targets]) =>
    [...targets]
      .filter((target) => folder < target && graph.get(target)?.has(folder) === true)
      .map((target) => `${folder} and ${target}`),
  );
  assert.deepEqual(pairs.toSorted(), [], 'One folder serves the other: move what the lower one needs down.');
});
