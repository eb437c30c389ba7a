import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCondition, emptyGroup, toDraft, toFilter } from './filter-draft.ts';

test('every filter of the API comes back as it was', () => {
  const filters = [
    { type: 'eq', key: 'lang', value: 'ja' },
    { type: 'gte', key: 'year', value: 2024 },
    { type: 'ne', key: 'draft', value: true },
    { type: 'in', key: 'team', value: ['a', 'b'] },
    { type: 'nin', key: 'year', value: [1, 2] },
    {
      type: 'or',
      filters: [
        { type: 'eq', key: 'a', value: '1' },
        {
          type: 'and',
          filters: [
            { type: 'lt', key: 'b', value: 2.5 },
            { type: 'lte', key: 'c', value: 3 },
          ],
        },
      ],
    },
  ];
  for (const filter of filters) {
    const draft = toDraft(filter);
    assert.ok(draft !== null);
    assert.deepEqual(toFilter(draft), filter);
  }
});

test('what is not filled in filters nothing, and one condition needs no group', () => {
  const filled = { ...emptyCondition(), key: ' lang ', value: ' ja ' };
  assert.equal(toFilter(emptyGroup([emptyCondition(), emptyGroup()])), null);
  assert.deepEqual(toFilter(emptyGroup([emptyCondition(), filled])), { type: 'eq', key: 'lang', value: 'ja' });
});

test('a filter that the fields cannot show is left to its text', () => {
  for (const filter of [null, 3, { type: 'like', key: 'a', value: 'b' }, { type: 'and', filters: [] }]) {
    assert.equal(toDraft(filter), null);
  }
  assert.equal(toDraft({ type: 'in', key: 'a', value: ['x', 1] }), null);
  assert.equal(toDraft({ type: 'in', key: 'a', value: ['x, y'] }), null);
});
