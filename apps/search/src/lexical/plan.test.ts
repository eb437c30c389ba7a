import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxRanked, planLexical } from './plan.ts';

const counts = (entries: Record<string, number>) => new Map(Object.entries(entries));

test('rare terms find, all terms rank, and rare ones weigh more', () => {
  const { required, weights } = planLexical(counts({ the: 90_000, valve: 40, red: 900 }), 100_000);
  assert.deepEqual(required, [['valve', 'red']]);
  assert.deepEqual(
    weights.map(({ term }) => term),
    ['valve', 'red', 'the'],
  );
  assert.ok((weights[0]?.idf ?? 0) > (weights[1]?.idf ?? 0));
  assert.ok((weights[2]?.idf ?? -1) >= 0);
});

test('common terms alone are looked for together, so that no query reads half of a store', () => {
  const { required } = planLexical(counts({ to: 80_000, be: 50_000, not: 30_000 }), 100_000);
  assert.deepEqual(required, [['not'], ['be'], ['to']]);
  const { required: fewer } = planLexical(counts({ water: 4_000, pump: 5_000, be: 50_000 }), 100_000);
  assert.deepEqual(fewer, [['water'], ['pump']]);
});

test('a small store is ranked whole, and terms that are nowhere find nothing', () => {
  assert.deepEqual(planLexical(counts({ a: maxRanked / 2, b: maxRanked / 2 }), maxRanked).required, [['a', 'b']]);
  assert.deepEqual(planLexical(counts({ zebra: 0 }), 10), { required: [], weights: [] });
});
