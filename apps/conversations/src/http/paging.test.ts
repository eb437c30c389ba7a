import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePage, listText } from './paging.ts';

test('a page ends before what would go beyond its bytes, at its number, and holds one at least', () => {
  assert.equal(choosePage([], 10, 100), 0);
  assert.equal(choosePage([40, 40, 40], 10, 100), 2);
  assert.equal(choosePage([40, 60, 1], 10, 100), 2);
  assert.equal(choosePage([500, 1], 10, 100), 1);
  assert.equal(choosePage([1, 1, 1, 1], 3, 100), 3);
});

test('a list of texts is the list as JSON', () => {
  const rows = [
    { id: 'a"', text: '{"id":"a\\""}' },
    { id: 'b', text: '{"id":"b"}' },
  ];
  assert.deepEqual(JSON.parse(listText(rows, true)), {
    object: 'list',
    data: [{ id: 'a"' }, { id: 'b' }],
    first_id: 'a"',
    last_id: 'b',
    has_more: true,
  });
  assert.deepEqual(JSON.parse(listText([], false)), {
    object: 'list',
    data: [],
    first_id: '',
    last_id: '',
    has_more: false,
  });
});
