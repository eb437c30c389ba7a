import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoCluster, whyNoFaults } from './rig/open-cluster.ts';

const skip = whyNoCluster();
let cluster: Cluster;
let close: () => Promise<void>;
before(async () => {
  if (skip === false) ({ cluster, close } = await openCluster());
});
after(() => close?.());

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly status: { readonly nodeInfo: { readonly kubeletVersion: string } };
  }[];
}

test('every node is Ready', { skip }, async () => {
  await cluster.waitFor('node', 'condition=Ready', '--all');
});

test('three nodes stand in three zones and run the pinned version', { skip: whyNoFaults() }, async () => {
  const { items } = JSON.parse(await cluster.kubectl('get', 'nodes', '-o', 'json')) as NodeList;
  const seen = items.map(({ metadata, status }) => [
    metadata.name,
    metadata.labels['topology.kubernetes.io/zone'],
    status.nodeInfo.kubeletVersion,
  ]);
  assert.deepEqual(
    seen.toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    ['a', 'b', 'c'].map((letter) => [`node-${letter}`, `zone-${letter}`, 'v1.37.2']),
  );
});

test('a restricted pod runs, answers exec, and its log is read', { skip }, async () => {
  const space = await cluster.createNamespace('pod');
  await cluster.kubectl('label', 'namespace', space, 'pod-security.kubernetes.io/enforce=restricted');
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', namespace: space },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'one',
          ...cluster.busybox,
          command: ['sh', '-c', 'echo begun; exec sleep 3600'],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
      terminationGracePeriodSeconds: 0,
    },
  });
  await cluster.waitFor('pod/one', 'condition=Ready', '-n', space);
  assert.equal((await cluster.kubectl('exec', '-n', space, 'one', '--', 'id', '-u')).trim(), '1000');
  assert.equal((await cluster.kubectl('logs', '-n', space, 'one')).trim(), 'begun');
  await cluster.kubectl('delete', 'namespace', space);
});
