import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replica, service } from '../operate/testing/records.ts';
import { findServices, groupReplicas } from './group-replicas.ts';

test('the wanted revision comes first, and in each those that need somebody', () => {
  const groups = groupReplicas(
    service({
      revision: 'r2',
      replicas: [
        replica({ id: 'a', revision: 'r1' }),
        replica({ id: 'b', revision: 'r2', phase: 'starting' }),
        replica({ id: 'c', revision: 'r2', phase: 'failed' }),
      ],
    }),
  );
  assert.deepEqual(
    groups.map(({ revision, current, ready, replicas }) => [revision, current, ready, replicas.map(({ id }) => id)]),
    [
      ['r2', true, 0, ['c', 'b']],
      ['r1', false, 1, ['a']],
    ],
  );
});

test('services are found by name, model and replica in any width, problems first', () => {
  const broken = service({ name: 'zeta', conditions: { Ready: ['NoReplicaReady'], Degraded: ['ReplicaFails'] } });
  const all = [service({ name: 'alpha' }), broken];
  const names = (text: string, only = false): string[] =>
    findServices(all, text, only).map(({ manifest }) => manifest.metadata.name);
  assert.deepEqual(names(''), ['zeta', 'alpha']);
  assert.deepEqual(names('ＡＬＰ'), ['alpha']);
  assert.deepEqual(names('chat-1'), ['zeta', 'alpha']);
  assert.deepEqual(names('', true), ['zeta']);
  assert.deepEqual(names('nothing'), []);
});
