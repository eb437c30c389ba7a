import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinRequests } from './join-records.ts';
import { request } from './testing/records.ts';

test('the later word about a request counts, and the newest are first', () => {
  const open = request({ id: 'a', started_at: 1, ended_at: null, outcome: 'open' });
  const ended = request({ id: 'a', started_at: 1, ended_at: 5 });
  const newer = request({ id: 'b', started_at: 3, ended_at: null });
  assert.deepEqual(joinRequests([open], [newer, ended]), [newer, ended]);
});

test('an older message does not open a request again that has ended', () => {
  const open = request({ id: 'a', started_at: 1, ended_at: null, outcome: 'open' });
  const ended = request({ id: 'a', started_at: 1, ended_at: 5 });
  assert.deepEqual(joinRequests([ended], [open]), [ended]);
});
