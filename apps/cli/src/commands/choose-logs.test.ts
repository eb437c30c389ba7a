import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '@kumiki/api';
import { chooseLogs, logNames } from './choose-logs.ts';

const service = (name: string, replicas: readonly { id: string; pid: number | null; phase: string }[]) => ({
  manifest: { metadata: { name } },
  replicas: replicas.map((replica) => ({ ...replica, service: name })),
});

const status = {
  services: [
    service('shop', [
      { id: 'shop-1', pid: 1, phase: 'ready' },
      { id: 'shop-2', pid: null, phase: 'failed' },
    ]),
    service('vendor', [{ id: 'vendor', pid: null, phase: 'ready' }]),
    service('search', [{ id: 'search-1', pid: 3, phase: 'ready' }]),
  ],
  data_services: [{ name: 'conversations' }, { name: 'search' }],
} as unknown as Pick<Status, 'services' | 'data_services'>;

test('without a name all logs are read, those of the data services too', () => {
  assert.deepEqual(chooseLogs(status, undefined), ['shop-1', 'shop-2', 'search-1', 'conversations', 'search']);
});

test('a name is that of a service, of one replica, of a data service, or of all that have it', () => {
  assert.deepEqual(chooseLogs(status, 'shop'), ['shop-1', 'shop-2']);
  assert.deepEqual(chooseLogs(status, 'shop-2'), ['shop-2']);
  assert.deepEqual(chooseLogs(status, 'conversations'), ['conversations']);
  assert.deepEqual(chooseLogs(status, 'search'), ['search-1', 'search']);
});

test('a replica that is gone may have left its log, a server outside has none', () => {
  assert.deepEqual(chooseLogs(status, 'shop-0'), ['shop-0']);
  assert.equal(chooseLogs(status, 'vendor'), null);
  assert.deepEqual(logNames(status), [
    'shop',
    'shop-1',
    'shop',
    'shop-2',
    'search',
    'search-1',
    'conversations',
    'search',
  ]);
});
