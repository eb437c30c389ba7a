import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTree, leafBelow, pathTo, siblingsOf } from './tree.ts';

const tree = buildTree(
  [
    ['a', null],
    ['b', 'a'],
    ['c', 'b'],
    ['b2', 'a'],
    ['c2', 'b2'],
    ['x', 'gone'],
  ].map(([id, previous]) => ({ response_id: id ?? '', previous_response_id: previous ?? null })),
);

test('the path to a turn holds all before it', () => {
  assert.deepEqual(pathTo(tree, 'c'), ['a', 'b', 'c']);
  assert.deepEqual(pathTo(tree, 'nobody'), []);
  assert.deepEqual(pathTo(tree, null), []);
});

test('turns that follow the same one are alternatives, and so are beginnings', () => {
  assert.deepEqual(siblingsOf(tree, 'b2'), { ids: ['b', 'b2'], index: 1 });
  assert.deepEqual(siblingsOf(tree, 'x'), { ids: ['a', 'x'], index: 1 });
});

test('a branch is shown to its newest end', () => {
  assert.equal(leafBelow(tree, 'b'), 'c');
  assert.equal(leafBelow(tree, 'a'), 'c2');
  assert.equal(leafBelow(buildTree([]), null), null);
});
