import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type KubeClient,
  type KubeObject,
  type WatchCache,
  createEventRecorder,
  createExpectations,
  createKubeClient,
  createLease,
  createWatchCache,
  openKubeAccess,
  resources,
} from '@kumiki/kube';
import { type FaultProxy, startFaultProxy } from '@kumiki/kube/testing';
import { seededRandom, until } from '@kumiki/testing';
import type { Cluster } from './rig/cluster.ts';
import { type OpenedCluster, openCluster, whyNoCluster } from './rig/open-cluster.ts';

const skip = whyNoCluster();
const limitMs = 60_000;
const { configMaps, deployments, leases, events } = resources;

let opened: OpenedCluster;
let cluster: Cluster;
let namespace: string;
let client: KubeClient;
let proxy: FaultProxy;

before(async () => {
  if (skip !== false) return;
  // The API server is all that these tests talk to.
  opened = await openCluster({ nodes: 0 });
  cluster = opened.cluster;
  namespace = await cluster.createNamespace('kube');
  const access = openKubeAccess({ environment: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
  client = createKubeClient({ access, fieldManager: 'kumiki-test' });
  proxy = await startFaultProxy(access);
});

after(async () => {
  if (skip !== false) return;
  await proxy.close();
  client.close();
  await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
  await opened.close();
});

const configMap = (name: string, value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value },
});
const valueOf = (object: KubeObject): string => (object['data'] as { value?: string } | undefined)?.value ?? '';

interface Through {
  readonly cache: WatchCache<string>;
  readonly through: KubeClient;
  stop(): Promise<void>;
}

function followThroughProxy(options: { relistMs?: number; watchIdleMs?: number; pageSize?: number } = {}): Through {
  const backoff = { baseMs: 5, maxMs: 100 };
  const through = createKubeClient({ access: proxy.access, fieldManager: 'kumiki-test', backoff });
  const cache = createWatchCache({
    client: through,
    resource: configMaps,
    namespace,
    labelSelector: '!kubernetes.io/ignored',
    keep: valueOf,
    backoff,
    ...options,
  });
  cache.start();
  return {
    cache,
    through,
    async stop() {
      await cache.stop();
      through.close();
    },
  };
}

async function isSame(cache: WatchCache<string>): Promise<boolean> {
  const listed = await client.list(configMaps, { namespace });
  assert.ok(listed.outcome === 'ok');
  const theirs = listed.value.items.map((one) => [one.metadata.name, one.metadata.resourceVersion, valueOf(one)]);
  const ours = [...cache.entries()].map((one) => [one.key.name, one.resourceVersion, one.kept]);
  const ordered = (lists: readonly (readonly unknown[])[]): string =>
    JSON.stringify(lists.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
  return ordered(ours) === ordered(theirs);
}

async function change(name: string, value: string | null): Promise<void> {
  const result =
    value === null
      ? await client.remove(configMaps, { namespace, name })
      : await client.apply(configMaps, configMap(name, value));
  assert.ok(result.outcome === 'ok' || result.outcome === 'not_found', JSON.stringify(result));
}

test('at rest a cache equals the API server after cuts, 410s, refusals and lost removals', { skip }, async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  const random = seededRandom(seed);
  const { cache, stop } = followThroughProxy({ relistMs: 3_000, pageSize: 4 });
  for (let round = 0; round < 150; round += 1) {
    const dice = random();
    if (dice < 0.6) await change(`object-${Math.floor(random() * 10)}`, `${round}`);
    else if (dice < 0.8) await change(`object-${Math.floor(random() * 10)}`, null);
    else if (dice < 0.86) proxy.cutWatches();
    else if (dice < 0.9) proxy.expireWatches();
    else if (dice < 0.94) proxy.answerNext(1, 410, 'Expired', ({ watch }) => watch);
    else if (dice < 0.97) proxy.answerNext(2, random() < 0.5 ? 503 : 429, 'Busy');
    else proxy.swallow(random() < 0.5 ? null : ({ type }) => type === 'DELETED');
  }
  await until(`the cache equals the server (seed ${seed})`, limitMs, () => isSame(cache));
  proxy.swallow(null);
  await stop();
});

test('a removal that the watch never sent is noticed by the next list', { skip }, async () => {
  await change('kept', '1');
  await change('lost', '1');
  const { cache, stop } = followThroughProxy({ relistMs: 4_000 });
  await until('it watches', limitMs, () => cache.synced() && proxy.openWatches() === 1);
  const before = proxy.swallowed();
  proxy.swallow(({ type }) => type === 'DELETED');
  await change('lost', null);
  await change('kept', '2');
  await until('the later change is there', limitMs, () => cache.get({ namespace, name: 'kept' }) === '2');
  assert.equal(proxy.swallowed() - before, 1);
  await until('the removed object is gone', limitMs, () => cache.get({ namespace, name: 'lost' }) === null);
  proxy.swallow(null);
  await stop();
});

test(
  'an API server that hangs, and one that refuses, leave the cache as it was; then it catches up',
  { skip },
  async () => {
    await change('steady', '1');
    const { cache, stop } = followThroughProxy({ watchIdleMs: 1_000 });
    await until(
      'it watches',
      limitMs,
      () => cache.get({ namespace, name: 'steady' }) === '1' && proxy.openWatches() === 1,
    );
    proxy.hang();
    await change('steady', '2');
    await until('the watch was given up', limitMs, () => cache.counts().failures > 0);
    assert.equal(cache.get({ namespace, name: 'steady' }), '1');
    assert.ok(cache.age() >= 900);
    proxy.refuse();
    const failures = cache.counts().failures;
    await until('it has tried again and again', limitMs, () => cache.counts().failures > failures + 2);
    proxy.resume();
    await until('it has caught up', limitMs, () => cache.get({ namespace, name: 'steady' }) === '2');
    assert.equal(cache.counts().lists, 1);
    await stop();
  },
);

test(
  'a field that a person has set is not taken: the conflict names them, and nothing else is changed either',
  { skip },
  async () => {
    await change('shared', 'ours');
    const person = client.withFieldManager('a-person');
    const taken = await person.merge(configMaps, { namespace, name: 'shared' }, { data: { value: 'theirs' } });
    assert.equal(taken.outcome, 'ok');
    const result = await client.apply(configMaps, {
      ...configMap('shared', 'ours'),
      data: { value: 'ours', more: 'x' },
    });
    assert.ok(result.outcome === 'conflict');
    assert.deepEqual(result.conflicts, [{ manager: 'a-person', field: '.data.value' }]);
    const found = await client.get(configMaps, { namespace, name: 'shared' });
    assert.deepEqual(found.outcome === 'ok' ? found.value['data'] : null, { value: 'theirs' });
  },
);

test('scale and status are written by their subresources', { skip }, async () => {
  const labels = { app: 'scaled' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'kumiki.test/none:1' }] } };
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'scaled', namespace },
    spec: { replicas: 0, paused: true, selector: { matchLabels: labels }, template },
  };
  const made = await client.apply(deployments, object);
  assert.equal(made.outcome, 'ok');
  const scaled = await client.scale(deployments, { namespace, name: 'scaled' }, 3);
  assert.deepEqual(scaled.outcome === 'ok' ? scaled.value['spec'] : scaled, { replicas: 3 });
  const status = { conditions: [{ type: 'kumiki.dev/Seen', status: 'True', reason: 'Test', message: 'm' }] };
  const patched = await client.patchStatus(deployments, { ...object, status });
  const conditions = patched.outcome === 'ok' ? (patched.value['status'] as typeof status).conditions : [];
  assert.ok(conditions.some(({ type }) => type === 'kumiki.dev/Seen'));
  assert.equal((await client.remove(deployments, { namespace, name: 'scaled' })).outcome, 'ok');
});

test('an unknown member and a wrong value are refused with their name', { skip }, async () => {
  const unknown = await client.apply(configMaps, { ...configMap('typo', 'x'), dota: {} });
  assert.match(unknown.outcome === 'ok' ? '' : unknown.message, /dota/);
});

test('expectations: nothing is planned on a cache older than one’s own writes', { skip }, async () => {
  const { cache, stop } = followThroughProxy();
  await until('it watches', limitMs, () => cache.synced() && proxy.openWatches() === 1);
  const expectations = createExpectations();
  proxy.hang();
  const written = await client.apply(configMaps, configMap('expected', '1'));
  assert.ok(written.outcome === 'ok');
  const key = { namespace, name: 'expected' };
  expectations.expect('owner', cache, key, written.value);
  assert.equal(expectations.met('owner'), false);
  assert.equal(cache.get(key), null);
  proxy.resume();
  await until('the cache shows the write', limitMs, () => expectations.met('owner'));
  assert.equal(cache.get(key), '1');
  expectations.close();
  await stop();
});

test(
  'one of two holds the lease; one that cannot renew refuses its own writes before the other begins',
  { skip },
  async () => {
    const times = { leaseMs: 3_000, renewDeadlineMs: 2_000, retryMs: 300 };
    const far = createKubeClient({ access: proxy.access, fieldManager: 'kumiki-test' });
    const options = { namespace, name: 'leader', times };
    const first = createLease({ ...options, client: far, identity: 'first' });
    // Its wall clock is a year ahead, which must not matter.
    const wallMs = (): number => Date.now() + 365 * 86_400_000;
    const second = createLease({ ...options, client, identity: 'second', wallMs });
    const both: string[] = [];
    const look = (): void => void (first.held() && second.held() && both.push('both hold it'));
    for (const lease of [first, second]) lease.onChange(look);
    first.start();
    await until('the first holds it', limitMs, () => first.held());
    second.start();
    const fenced = first.fence(client);
    assert.equal((await fenced.apply(configMaps, configMap('fenced', '1'))).outcome, 'ok');
    await until('the second knows the holder', limitMs, () => second.holder() === 'first');
    proxy.hang();
    await until('the second holds it', limitMs, () => (look(), second.held()));
    assert.equal(first.held(), false);
    const refused = await fenced.apply(configMaps, configMap('fenced', '2'));
    assert.deepEqual([refused.outcome, refused.outcome !== 'ok' && refused.sent], ['fenced', false]);
    assert.deepEqual(both, []);
    proxy.resume();
    await until('the first knows the holder', limitMs, () => first.holder() === 'second');
    await second.stop();
    await until('the first takes what was released', limitMs, () => first.held());
    const lease = await client.get(leases, { namespace, name: 'leader' });
    assert.equal(lease.outcome === 'ok' && (lease.value['spec'] as { leaseTransitions: number }).leaseTransitions, 2);
    await first.stop();
    far.close();
  },
);

test('an event that is recorded again is one Event with a count', { skip }, async () => {
  const recorder = createEventRecorder({ client, controller: 'kumiki.dev/test', instance: 'here' });
  const subject = { apiVersion: 'v1', kind: 'ConfigMap', name: 'told', namespace, uid: 'uid-1' };
  const event = {
    type: 'Warning',
    reason: 'NoRoom',
    action: 'Scaling',
    note: `0 of 3 nodes fit. ${'組木'.repeat(1_000)}`,
  } as const;
  recorder.record(subject, event);
  await recorder.flush();
  for (let round = 0; round < 4; round += 1) recorder.record(subject, event);
  await recorder.stop();
  const listed = await client.list(events, { namespace, fieldSelector: 'reason=NoRoom' });
  const series =
    listed.outcome === 'ok' ? listed.value.items.map((one) => (one['series'] as { count: number }).count) : listed;
  assert.deepEqual([series, recorder.dropped()], [[5], 0]);
});

test('the client knows the version of the API server', { skip }, async () => {
  const version = await client.version();
  assert.match(version.outcome === 'ok' ? version.value.gitVersion : '', /^v1\./);
});
