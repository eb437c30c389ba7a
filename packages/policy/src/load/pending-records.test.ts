import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPendingRecords } from './pending-records.ts';

test('more than go out at once go out one after the other; of too many the oldest are left out', () => {
  const pending = createPendingRecords();
  for (let at = 0; at < 2_500; at++) pending.add({ id: `req_${at}` });
  const taken: string[] = [];
  for (let round = 1; round <= 10; round++) {
    taken.push(...pending.take().map(({ id }) => id));
    assert.equal(taken.length, round * 200);
  }
  assert.deepEqual(
    taken,
    Array.from({ length: 2_000 }, (_, at) => `req_${at + 500}`),
  );
  assert.deepEqual(pending.take(), []);
});

test('a record that moves again waits once', () => {
  const pending = createPendingRecords();
  const record = { id: 'req_1' };
  pending.add(record);
  pending.add(record);
  assert.deepEqual(pending.take(), [record]);
});
