import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observe } from '@kumiki/policy';
import { maxInFlightPerReplica, openBackends, pickReplica } from './backends.ts';

const route = (...urls: string[]) => ({ prefix: '/v1/files', urls, authorization: null, role: 'inference' as const });

test('the least busy living replica is picked, a dead one last, and none twice', () => {
  const [backend] = openBackends([route('http://a', 'http://b', 'http://c')], []);
  assert.ok(backend !== undefined);
  const [a, b, c] = backend.replicas;
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  a.inFlight = 2;
  b.eject = observe(b.eject, 'gone', 0);
  assert.equal(pickReplica(backend, new Set(), 1, 0), c);
  assert.equal(pickReplica(backend, new Set([c]), 1, 0), a);
  assert.equal(pickReplica(backend, new Set([c, a]), 1, 0), b);
  assert.equal(pickReplica(backend, new Set([a, b, c]), 1, 0), null);
  a.inFlight = maxInFlightPerReplica;
  assert.equal(pickReplica(backend, new Set([b, c]), 1, 0), null, 'full');
});

test('a new snapshot keeps what is known of a replica that stays', () => {
  const before = openBackends([route('http://a')], []);
  before[0]!.replicas[0]!.inFlight = 3;
  const [after] = openBackends([route('http://b', 'http://a')], before);
  assert.deepEqual(
    after?.replicas.map(({ inFlight }) => inFlight),
    [0, 3],
  );
});
