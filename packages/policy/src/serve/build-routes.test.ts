import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRoutes, type ReachableReplica } from './build-routes.ts';
import type { ObservedReplica } from './observed-replica.ts';
import type { OutsideServers } from './outside-servers.ts';
import { processTargetOf, replicaOf, servedOf } from './testing/served.ts';

const target = processTargetOf(servedOf('shop'));
const outside: OutsideServers = {
  egress: () => ({ mode: 'listed', allow: [], own: [] }),
  refusalOf: (_target, url) => (url.includes('forbidden') ? 'it is not allowed' : null),
  authorizationFor: () => 'Bearer theirs',
};

const reachable = (change: Partial<ObservedReplica> = {}): ReachableReplica => ({
  ...replicaOf(target, change),
  token: 'secret',
});

function endpointsOf(...replicas: readonly ReachableReplica[]) {
  const [route] = buildRoutes([target], replicas, [], outside).models;
  assert.ok(route);
  return route.endpoints;
}

test('requests go to what has answered, what is on its way out finishes, and the dead are gone at once', () => {
  assert.deepEqual(
    endpointsOf(reachable()).map(({ state }) => state),
    ['ready'],
  );
  assert.deepEqual(
    endpointsOf(reachable({ drainingSince: 2 }), reachable({ terminatedAt: 2 })).map(({ state }) => state),
    ['draining', 'draining'],
  );
  const absent = [
    reachable({ killedAt: 2 }),
    reachable({ readyAt: null }),
    reachable({ url: null }),
    reachable({ key: 'other/other' }),
  ];
  assert.deepEqual(endpointsOf(...absent), []);
});

test('an endpoint is named for the process, carries its token, and is asked where it answers for its health', () => {
  const [endpoint] = endpointsOf(reachable({ restarts: 2, healthUrl: 'http://10.0.0.1:9000' }));
  assert.equal(endpoint?.id, 'shop-0.2');
  assert.equal(endpoint?.url, 'http://10.0.0.1:8000');
  assert.equal(endpoint?.healthUrl, 'http://10.0.0.1:9000');
  assert.equal(endpoint?.authorization, 'Bearer secret');
  assert.equal(endpoint?.maxInFlight, 12);
});

test('servers of others are in the table as far as they may be used', () => {
  const { resolution } = servedOf('far', {
    model: { source: 'https://far.example/v1' },
    engine: { kind: 'openai', endpoints: ['https://forbidden.example'] },
  });
  assert.ok(resolution.ok);
  const [route] = buildRoutes(resolution.targets, [], [], outside).models;
  assert.deepEqual(
    route?.endpoints.map(({ url, egress, authorization }) => [url, egress, authorization]),
    [['https://far.example', 'outside', 'Bearer theirs']],
  );
});
