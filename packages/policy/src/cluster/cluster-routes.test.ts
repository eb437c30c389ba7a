import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEgress, type RouteTable, routeTableSchema } from '@kumiki/api';
import type { OutsideServers } from '../serve/outside-servers.ts';
import { manifestOf, sha256 } from '../serve/testing/served.ts';
import { buildClusterRoutes, type ClusterView } from './cluster-routes.ts';
import { routeService, type RoutedService } from './route-target.ts';
import type { PodKnowledge, RoutedPod } from './routed-pod.ts';

const empty: RouteTable = { models: [], backends: [] };
const knowledge: PodKnowledge = {
  home: 'shop',
  tokenOf: (service) => (service.endsWith('/unknown') ? undefined : 'secret'),
  loadOf: () => ({ maxInFlight: 12, maxRunning: 4 }),
};
const outside: OutsideServers = {
  egress: () => openEgress,
  refusalOf: () => null,
  authorizationFor: () => 'Bearer theirs',
};

interface Where {
  readonly namespace?: string;
  readonly created?: number;
  readonly home?: string | null;
}

function serviceOf(name: string, spec: Parameters<typeof manifestOf>[1] = {}, where: Where = {}): RoutedService {
  const { namespace = 'shop', created = 7, home = 'shop' } = where;
  const read = routeService(manifestOf(name, spec), { namespace, uid: name, created, digest: sha256, home });
  assert.ok(read.ok);
  return read.service;
}

function podOf(change: Partial<RoutedPod> = {}): RoutedPod {
  return {
    namespace: 'shop',
    name: 'chat-1',
    service: 'chat',
    revision: 'r1',
    address: '10.0.0.1',
    httpPort: 8_000,
    opsPort: 9_090,
    zone: 'zone-a',
    ready: true,
    started: true,
    ended: false,
    deleting: false,
    restarts: 0,
    created: 5,
    ...change,
  };
}

function tableOf(view: Partial<ClusterView>, base = empty, known = knowledge): RouteTable {
  const table = buildClusterRoutes({ services: [serviceOf('chat')], pods: [], ...view }, base, known, outside);
  assert.ok(routeTableSchema.safeParse(table).success, 'it has the form of a snapshot');
  return table;
}

const endpointsOf = (...pods: readonly RoutedPod[]) => tableOf({ pods }).models[0]?.endpoints ?? [];

test('a pod becomes the endpoint that a process of one machine would', () => {
  assert.deepEqual(endpointsOf(podOf()), [
    {
      id: 'chat-1',
      url: 'http://10.0.0.1:8000',
      authorization: 'Bearer secret',
      revision: 'r1',
      state: 'ready',
      egress: 'internal',
      upstreamModel: null,
      continuation: 'token_ids',
      maxInFlight: 12,
      maxRunning: 4,
      healthProbe: true,
      healthUrl: 'http://10.0.0.1:9090',
      zone: 'zone-a',
    },
  ]);
  assert.equal(endpointsOf(podOf({ restarts: 2 }))[0]?.id, 'chat-1.2');
  assert.equal(endpointsOf(podOf({ address: 'fd00::1' }))[0]?.url, 'http://[fd00::1]:8000');
});

test('new requests go to ready pods, those that end or are not ready for the moment finish what they have', () => {
  const states = (change: Partial<RoutedPod>) => endpointsOf(podOf(change)).map(({ state }) => state);
  assert.deepEqual(states({}), ['ready']);
  assert.deepEqual(states({ deleting: true }), ['draining']);
  assert.deepEqual(states({ deleting: true, ready: false }), ['draining']);
  assert.deepEqual(states({ ready: false }), ['draining']);
  for (const absent of [
    { ready: false, started: false },
    { ready: false, started: false, deleting: true },
    { ended: true },
    { address: null },
    { service: 'other' },
    { namespace: 'other' },
  ]) {
    assert.deepEqual(states(absent), [], JSON.stringify(absent));
  }
});

test('pods of several revisions are endpoints side by side', () => {
  const found = endpointsOf(podOf(), podOf({ name: 'chat-2', revision: 'r2', address: '10.0.0.2' }));
  assert.deepEqual(
    found.map(({ revision }) => revision),
    ['r1', 'r2'],
  );
});

test('an address that another pod has got since leads to that one alone', () => {
  const gone = podOf({ name: 'chat-old', created: 1 });
  const young = podOf({ name: 'chat-young', created: 9 });
  for (const pods of [
    [gone, young],
    [young, gone],
  ]) {
    assert.deepEqual(
      endpointsOf(...pods).map(({ id }) => id),
      ['chat-young'],
    );
  }
  assert.equal(endpointsOf(podOf({ ended: true, created: 9 }), gone).length, 1, 'an ended pod holds no address');
});

test('a pod whose token is not known is not asked', () => {
  const services = [serviceOf('unknown')];
  assert.deepEqual(tableOf({ services, pods: [podOf({ service: 'unknown' })] }).models[0]?.endpoints, []);
});

test('of two services with one name the older has it, whatever else they claim', () => {
  const older = serviceOf('older', { model: { source: 'simulated:', name: 'm', aliases: ['x'] } }, { created: 1 });
  const thief = serviceOf('thief', { model: { source: 'simulated:', name: 'm', aliases: ['y'] } }, { created: 2 });
  const partly = serviceOf('partly', { model: { source: 'simulated:', aliases: ['x', 'z'] } }, { created: 3 });
  const table = tableOf({
    services: [thief, partly, older],
    pods: [podOf({ service: 'thief' }), podOf({ name: 'o', service: 'older', address: '10.0.0.9' })],
  });
  assert.deepEqual(
    table.models.map(({ model, aliases, service, endpoints }) => [model, aliases, service, endpoints.length]),
    [
      ['partly', ['z'], 'partly', 0],
      ['m', ['x'], 'older', 1],
    ],
  );
});

test('names that are told by other ways are taken before all others', () => {
  const base = tableOf({ services: [serviceOf('chat', {}, { created: 0 })] });
  const table = tableOf({ services: [serviceOf('chat', {}, { namespace: 'other', home: null })] }, base);
  assert.deepEqual(
    table.models.map(({ model, service }) => [model, service]),
    [['chat', 'chat']],
  );
});

test('services of two namespaces with one name have different endpoints', () => {
  const spec = (name: string) => ({
    model: { source: 'https://far.example/v1', name },
    engine: { kind: 'openai' as const, endpoints: [] },
  });
  const where = (namespace: string) => ({ namespace, home: null });
  const services = [serviceOf('far', spec('one'), where('a')), serviceOf('far', spec('two'), where('b'))];
  const pods = ['a', 'b'].map((namespace, at) => podOf({ namespace, address: `10.0.0.${at + 1}` }));
  const chats = ['a', 'b'].map((namespace) =>
    serviceOf('chat', { model: { source: 'simulated:', name: namespace } }, where(namespace)),
  );
  const table = tableOf({ services: [...services, ...chats], pods }, empty, { ...knowledge, home: null });
  const ids = table.models.flatMap(({ endpoints }) => endpoints.map(({ id }) => id));
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids).size, 4, ids.join());
});

test("pods with somebody's image need no token and are known by their own name for the model", () => {
  const engine = { kind: 'container' as const, image: 'vllm', upstreamModel: 'theirs', maxInFlight: 64 };
  const services = [serviceOf('chat', { model: { source: 'hf://org/name' }, engine })];
  const known: PodKnowledge = { ...knowledge, tokenOf: () => null };
  const [endpoint] = tableOf({ services, pods: [podOf({ opsPort: null })] }, empty, known).models[0]?.endpoints ?? [];
  assert.equal(endpoint?.authorization, null);
  assert.equal(endpoint?.upstreamModel, 'theirs');
  assert.equal(endpoint?.maxInFlight, 64);
  assert.equal(endpoint?.continuation, 'replay');
  assert.equal(endpoint?.healthProbe, false);
});
