import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSlot, type SlotView } from './choose-slot.ts';

const slot = (id: number, cells: readonly number[], lastUsed = 0, free = true): SlotView => ({
  id,
  cells,
  lastUsed,
  free,
});

test('the free slot with the longest common prefix is chosen', () => {
  const slots = [slot(0, [1, 2]), slot(1, [1, 2, 3, 9]), slot(2, [1, 2, 3, 4], 0, false)];
  assert.deepEqual(chooseSlot(slots, [1, 2, 3, 4, 5], true), { id: 1, reused: 3 });
});

test('among equals the one unused for longest', () => {
  assert.deepEqual(chooseSlot([slot(0, [8], 5), slot(1, [9], 3), slot(2, [], 4)], [1, 2], true), { id: 1, reused: 0 });
});

test('the last token of the context is always left to evaluate', () => {
  assert.deepEqual(chooseSlot([slot(0, [1, 2, 3])], [1, 2, 3], true), { id: 0, reused: 2 });
});

test('memory that cannot be cut is reused whole or not at all', () => {
  assert.deepEqual(chooseSlot([slot(0, [1, 2, 7])], [1, 2, 3, 4], false), { id: 0, reused: 0 });
  assert.deepEqual(chooseSlot([slot(0, [1, 2])], [1, 2, 3, 4], false), { id: 0, reused: 2 });
  assert.deepEqual(chooseSlot([slot(0, [1, 2, 3, 4])], [1, 2, 3, 4], false), { id: 0, reused: 0 });
});

test('no slot is free', () => {
  assert.equal(chooseSlot([slot(0, [], 0, false)], [1], true), null);
});
