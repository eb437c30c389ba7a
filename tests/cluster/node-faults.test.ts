import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoFaults } from './rig/open-cluster.ts';
import type { Rig, RigNode } from './rig/rig.ts';
import { askFrom, clientPod, webServer } from './rig/web.ts';

const skip = whyNoFaults();
/** A node is found dead after 50 s without a sign of life; a busy machine adds its own. */
const noticeLimitMs = 150_000;
const reachLimitMs = 60_000;
let cluster: Cluster;
let close: () => Promise<void>;
let rig: Rig;
let space: string;
before(async () => {
  if (skip !== false) return;
  ({ cluster, close } = await openCluster());
  rig = cluster.rig!;
  space = await cluster.createNamespace('faults');
  await cluster.apply(...webServer(cluster, space, 'web', 3), clientPod(cluster, space, 'client'));
  await cluster.waitFor('deployment/web', 'condition=Available', '-n', space);
  await cluster.waitFor('pod/client', 'condition=Ready', '-n', space);
});
after(async () => {
  if (skip === false) await cluster.kubectl('delete', 'namespace', space, '--wait=false');
  await close?.();
});

const valueOf = (object: string, path: string, ...args: readonly string[]): Promise<string> =>
  cluster.kubectl('get', object, '-o', `jsonpath={${path}}`, ...args);

const readiness = (node: RigNode): Promise<string> =>
  valueOf(`node/${node.name}`, '.status.conditions[?(@.type=="Ready")].status');

/** A node that does not run the client. */
async function victim(): Promise<RigNode> {
  const busy = await valueOf('pod/client', '.spec.nodeName', '-n', space);
  return rig.nodes.find(({ name }) => name !== busy)!;
}

test(
  'a node whose link is cut is not Ready, and is Ready again with its pods once the link is healed',
  { skip },
  async (t) => {
    const node = await victim();
    const startedAt = performance.now();
    await node.machine.cutLink();
    try {
      await until(`${node.name} is found dead`, noticeLimitMs, async () => (await readiness(node)) === 'Unknown');
      t.diagnostic(`a cut node was found dead after ${Math.round((performance.now() - startedAt) / 1000)} s`);
    } finally {
      await node.machine.healLink();
    }
    await until(`${node.name} is Ready`, noticeLimitMs, async () => (await readiness(node)) === 'True');
    await cluster.waitFor('deployment/web', 'condition=Available', '-n', space);
  },
);

test('a node that loses its power comes back with the same pods', { skip }, async () => {
  const node = await victim();
  await node.machine.crash();
  await assert.rejects(node.machine.run('true'));
  await node.machine.boot();
  const container = '.items[0].status.containerStatuses[0]';
  const here = ['-n', space, '-l', 'app=web', '--field-selector', `spec.nodeName=${node.name}`];
  await until('its container has been started again', noticeLimitMs, async () => {
    const state = await valueOf('pods', `${container}.restartCount},{${container}.ready`, ...here);
    return /^[1-9]\d*,true$/.test(state);
  });
  await until(`${node.name} is Ready`, noticeLimitMs, async () => (await readiness(node)) === 'True');
});

test('a pod does not answer while its node is paused, and does when it goes on', { skip }, async () => {
  const node = await victim();
  const field = ['-n', space, '-l', 'app=web', '--field-selector', `spec.nodeName=${node.name}`];
  const address = await valueOf('pods', '.items[0].status.podIP', ...field);
  const answers = async (): Promise<boolean> =>
    (await askFrom(cluster, space, 'client', `http://${address}:8080/`)) !== null;
  await until('the pod answers', reachLimitMs, answers);
  node.machine.pause();
  try {
    assert.equal(await answers(), false);
  } finally {
    node.machine.resume();
  }
  await until('the pod answers again', reachLimitMs, answers);
});

test('a killed kubelet does not end its pods, and is started again', { skip }, async () => {
  const node = await victim();
  const field = ['-n', space, '-l', 'app=web', '--field-selector', `spec.nodeName=${node.name}`];
  const pod = (): Promise<string> => valueOf('pods', '.items[0].status.containerStatuses[0].containerID', ...field);
  const before = await pod();
  await node.machine.kill('kubelet');
  node.machine.startAgain('kubelet');
  const [name = ''] = (await valueOf('pods', '.items[*].metadata.name', ...field)).split(' ');
  await until('the kubelet answers', reachLimitMs, () =>
    cluster.kubectl('exec', '-n', space, name, '--', 'true').then(
      () => true,
      () => false,
    ),
  );
  assert.equal(await pod(), before);
});

test('an address is cut off from the API server and let in again', { skip }, async () => {
  const address = await valueOf('pod/client', '.status.podIP', '-n', space);
  const server = await valueOf('service/kubernetes', '.spec.clusterIP', '-n', 'default');
  const connects = (): Promise<boolean> =>
    cluster
      .kubectl('exec', '-n', space, 'client', '--', 'timeout', '3', 'nc', '-w', '2', server, '443', '-e', 'true')
      .then(
        () => true,
        () => false,
      );
  await until('the client reaches the API server', reachLimitMs, connects);
  await rig.cutFromApiServer(address);
  try {
    assert.equal(await connects(), false);
  } finally {
    await rig.control.heal();
  }
  await until('the client reaches the API server again', reachLimitMs, connects);
});

test('a node that loses packets answers late or not at all, and at once when it is healed', { skip }, async () => {
  const node = await victim();
  const field = ['-n', space, '-l', 'app=web', '--field-selector', `spec.nodeName=${node.name}`];
  const address = await valueOf('pods', '.items[0].status.podIP', ...field);
  const answers = async (): Promise<boolean> =>
    (await askFrom(cluster, space, 'client', `http://${address}:8080/`)) !== null;
  await until('the pod answers', reachLimitMs, answers);
  await node.machine.loseShare(1);
  try {
    assert.equal(await answers(), false);
  } finally {
    await node.machine.heal();
  }
  await until('the pod answers again', reachLimitMs, answers);
});
