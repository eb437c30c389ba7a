import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoCluster } from './rig/open-cluster.ts';
import { askFrom, clientPod, webServer } from './rig/web.ts';

const skip = whyNoCluster();
const replicas = 3;
const spreadLimitMs = 60_000;
let cluster: Cluster;
let close: () => Promise<void>;
let space: string;
before(async () => {
  if (skip !== false) return;
  ({ cluster, close } = await openCluster());
  space = await cluster.createNamespace('services');
  await cluster.apply(...webServer(cluster, space, 'web', replicas), clientPod(cluster, space, 'client'));
  await cluster.waitFor('pod/client', 'condition=Ready', '-n', space);
  await cluster.waitFor('deployment/web', 'condition=Available', '-n', space);
});
after(async () => {
  if (skip === false) await cluster.kubectl('delete', 'namespace', space);
  await close?.();
});

test('a Service answers by its address, and every replica behind it does', { skip }, async () => {
  const address = await cluster.kubectl('get', 'service', 'web', '-n', space, '-o', 'jsonpath={.spec.clusterIP}');
  const seen = new Set<string>();
  await until('each replica has answered', spreadLimitMs, async () => {
    const answer = await askFrom(cluster, space, 'client', `http://${address}/`);
    if (answer !== null) seen.add(answer);
    return seen.size === replicas;
  });
  const pods = await cluster.kubectl(
    'get',
    'pods',
    '-n',
    space,
    '-l',
    'app=web',
    '-o',
    'jsonpath={.items[*].metadata.name}',
  );
  assert.deepEqual([...seen].toSorted(), pods.split(' ').toSorted());
});

test('a Service answers by its name, short and whole', { skip }, async () => {
  for (const name of ['web', `web.${space}`, `web.${space}.svc.cluster.local`])
    await until(`${name} answers`, spreadLimitMs, async () => {
      return (await askFrom(cluster, space, 'client', `http://${name}/`))?.startsWith('web-') === true;
    });
});

test('replicas are spread over the nodes', { skip }, async () => {
  const nodes = await cluster.kubectl(
    'get',
    'pods',
    '-n',
    space,
    '-l',
    'app=web',
    '-o',
    'jsonpath={.items[*].spec.nodeName}',
  );
  const ready = await cluster.kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}');
  assert.equal(new Set(nodes.split(' ')).size, Math.min(replicas, ready.split(' ').length));
});
