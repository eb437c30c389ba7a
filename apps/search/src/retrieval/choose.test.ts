import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseVectorPlan } from './choose.ts';

const question = { storeChunks: 100_000, indexChunks: 100_000, wanted: 100, dimensions: 256, indexed: true };

test('a small store is read whole, a large one by its index', () => {
  assert.equal(chooseVectorPlan({ ...question, storeChunks: 500, indexChunks: 500 }).kind, 'exact');
  assert.equal(chooseVectorPlan(question).kind, 'index');
});

test('a store that is a small part of the index is read whole, however large the index', () => {
  assert.equal(chooseVectorPlan({ ...question, storeChunks: 20_000, indexChunks: 10_000_000 }).kind, 'exact');
});

test('vectors that cannot be indexed are read', () => {
  assert.equal(chooseVectorPlan({ ...question, indexed: false }).kind, 'exact');
});
