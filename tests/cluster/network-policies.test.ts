import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoCluster } from './rig/open-cluster.ts';
import { askFrom, clientPod, webServer } from './rig/web.ts';

const skip = whyNoCluster();
/** A policy is enforced within seconds of its change. */
const enforceLimitMs = 60_000;
let cluster: Cluster;
let close: () => Promise<void>;
let space: string;
let address: string;
before(async () => {
  if (skip !== false) return;
  ({ cluster, close } = await openCluster());
  space = await cluster.createNamespace('policies');
  const clients = ['friend', 'stranger'].map((name) => clientPod(cluster, space, name));
  await cluster.apply(...webServer(cluster, space, 'web', 1), ...clients);
  for (const name of ['friend', 'stranger']) await cluster.waitFor(`pod/${name}`, 'condition=Ready', '-n', space);
  await cluster.waitFor('deployment/web', 'condition=Available', '-n', space);
  address = await cluster.kubectl('get', 'service', 'web', '-n', space, '-o', 'jsonpath={.spec.clusterIP}');
});
after(async () => {
  if (skip === false) await cluster.kubectl('delete', 'namespace', space);
  await close?.();
});

const answers = async (client: string): Promise<boolean> =>
  (await askFrom(cluster, space, client, `http://${address}/`)) !== null;

test('a NetworkPolicy shuts out whom it does not name, and lets them in again when it is gone', { skip }, async () => {
  await until(
    'both clients are answered',
    enforceLimitMs,
    async () => (await answers('friend')) && answers('stranger'),
  );
  await cluster.apply({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web', namespace: space },
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] }],
      policyTypes: ['Ingress'],
    },
  });
  await until('the stranger is shut out', enforceLimitMs, async () => !(await answers('stranger')));
  await until('the friend is answered', enforceLimitMs, () => answers('friend'));
  // Probes come from the node itself, which a policy never shuts out.
  await cluster.waitFor('deployment/web', 'condition=Available', '-n', space);
  await cluster.kubectl('delete', 'networkpolicy', 'web', '-n', space);
  await until('the stranger is answered again', enforceLimitMs, () => answers('stranger'));
});
