import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupByDate } from './group-by-date.ts';

test('chats stand under the day on which they were used last', () => {
  const now = new Date(2026, 10, 25, 9, 30);
  const at = (day: number, hour: number) => ({ updated_at: new Date(2026, 10, day, hour).getTime() / 1_000 });
  const groups = groupByDate([at(25, 9), at(25, 0), at(24, 23), at(20, 1), at(2, 1), at(-60, 1)], now);
  assert.deepEqual(
    groups.map(({ group, entries }) => [group, entries.length]),
    [
      ['today', 2],
      ['yesterday', 1],
      ['week', 1],
      ['month', 1],
      ['older', 1],
    ],
  );
});
