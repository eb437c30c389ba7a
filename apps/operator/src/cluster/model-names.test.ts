import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterService } from '../objects/observed-service.ts';
import { observedOf } from '../testing/observed-cluster.ts';
import { nameTakenBy, ownersOfNames } from './model-names.ts';

function serviceOf(namespace: string, created: number, name?: string, aliases: string[] = []): ClusterService {
  const { service } = observedOf({ model: { source: 'simulated:', aliases, ...(name === undefined ? {} : { name }) } });
  return { ...service, namespace, created };
}

test('of two services with one model name the older has it, aliases included', () => {
  const old = serviceOf('b', 1, 'chat');
  const young = serviceOf('a', 2, 'other', ['chat']);
  const owners = ownersOfNames([young, old]);
  assert.equal(nameTakenBy(old, owners), null);
  assert.equal(nameTakenBy(young, owners), 'b/shop');
});

test('of two that came at once the one whose key comes first has it', () => {
  const [first, second] = [serviceOf('a', 1), serviceOf('b', 1)];
  const owners = ownersOfNames([second, first]);
  assert.deepEqual([nameTakenBy(first, owners), nameTakenBy(second, owners)], [null, 'a/shop']);
});
