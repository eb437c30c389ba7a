import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyRecordsSchema } from './key-record.ts';
import { routeTableSchema } from './route-table.ts';

const backend = { prefix: '/v1/files', urls: ['http://10.0.0.1:8440', 'http://10.0.0.2:8440'], authorization: null };

test('a file of routes may name services with their replicas, which need a role that keys can have', () => {
  const table = { models: [], backends: [{ ...backend, role: 'inference' }] };
  assert.deepEqual(routeTableSchema.parse(table), table);
  for (const wrong of [
    { ...backend, role: 'service' },
    { ...backend, role: 'inference', prefix: 'v1/files' },
    { ...backend, role: 'inference', urls: ['ftp://10.0.0.1'] },
  ]) {
    assert.throws(() => routeTableSchema.parse({ models: [], backends: [wrong] }));
  }
});

test('a file of routes may say which servers outside may be dialled', () => {
  const egress = { mode: 'listed', allow: [{ rule: '10.0.0.0/8', by: 'operator' }], own: ['10.0.0.1:5432'] };
  const table = { models: [], backends: [], egress };
  assert.deepEqual(routeTableSchema.parse(table), table);
  for (const wrong of [
    { ...egress, mode: 'open' },
    { ...egress, allow: [{ rule: 'x', by: 'anybody' }] },
    { ...egress, allow: Array.from({ length: 1_025 }, () => egress.allow[0]) },
    { mode: 'public' },
  ]) {
    assert.throws(() => routeTableSchema.parse({ ...table, egress: wrong }));
  }
});

test('a file of keys may hold the key of a service', () => {
  const record = {
    id: 'key_1',
    name: 'conversations',
    project: 'kumiki',
    hash: 'a'.repeat(64),
    roles: ['service'],
    models: null,
    limits: { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null },
    expiresAt: null,
  };
  assert.deepEqual(keyRecordsSchema.parse([record]), [record]);
});
