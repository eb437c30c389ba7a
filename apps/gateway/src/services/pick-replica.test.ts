import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBackends } from '../routing/backends.ts';
import { noteSeen } from '../routing/endpoint-record.ts';
import { maxInFlightPerReplica, pickReplica } from './pick-replica.ts';

const urls = ['http://a', 'http://b', 'http://c'];

test('the least busy living replica is picked, a dead one last, and none twice', () => {
  const [backend] = openBackends([{ prefix: '/v1/files', urls, authorization: null, role: 'inference' }], []);
  assert.ok(backend !== undefined);
  const [a, b, c] = backend.replicas;
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  a.inFlight = 2;
  assert.equal(noteSeen(b, 'gone', 0), true);
  assert.equal(pickReplica(backend, new Set(), 1, 0), c);
  assert.equal(pickReplica(backend, new Set([c]), 1, 0), a);
  assert.equal(pickReplica(backend, new Set([c, a]), 1, 0), b);
  assert.equal(pickReplica(backend, new Set([a, b, c]), 1, 0), null);
  a.inFlight = maxInFlightPerReplica;
  assert.equal(pickReplica(backend, new Set([b, c]), 1, 0), null, 'full');
});
