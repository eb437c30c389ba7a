import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataService } from '@kumiki/api';
import { createChangeLog } from './change-log.ts';
import { watchChanges } from './watch-changes.ts';

test('a data service that is tried again and again fails once, until it was ready', () => {
  const log = createChangeLog(() => 1_000);
  const watch = watchChanges(log);
  const course: DataService['state'][] = [
    'starting',
    'failed',
    'starting',
    'failed',
    'starting',
    'ready',
    'failed',
    'starting',
    'ready',
  ];
  for (const state of course) {
    const reason = state === 'ready' ? '' : 'it is away';
    watch.setDataServices([
      {
        object: 'kumiki.data_service',
        name: 'search',
        state,
        reason,
        cause: null,
        pid: null,
        restarts: 0,
        rss_bytes: null,
        started_at: null,
      },
    ]);
  }
  const kinds = log.list().map(({ kind }) => kind);
  assert.deepEqual(kinds.toReversed(), [
    'data_service.failed',
    'data_service.ready',
    'data_service.failed',
    'data_service.ready',
  ]);
});
