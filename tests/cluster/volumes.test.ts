import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoCluster } from './rig/open-cluster.ts';

const skip = whyNoCluster();
let cluster: Cluster;
let close: () => Promise<void>;
let space: string;
before(async () => {
  if (skip !== false) return;
  ({ cluster, close } = await openCluster());
  space = await cluster.createNamespace('volumes');
});
after(async () => {
  if (skip === false) await cluster.kubectl('delete', 'namespace', space);
  await close?.();
});

/** A StatefulSet of one, as a database is. */
function keeper(): object {
  const labels = { app: 'keeper' };
  const container = {
    name: 'keeper',
    ...cluster.busybox,
    command: ['sleep', '3600'],
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'keeper', namespace: space },
    spec: {
      serviceName: 'keeper',
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  };
}

test('a claim without a class is bound, and keeps its data over the pod', { skip }, async () => {
  const uid = (): Promise<string> =>
    cluster.kubectl('get', 'pod', 'keeper-0', '-n', space, '-o', 'jsonpath={.metadata.uid}');
  await cluster.apply(keeper());
  await cluster.waitFor('pod/keeper-0', 'create', '-n', space);
  await cluster.waitFor('pod/keeper-0', 'condition=Ready', '-n', space);
  await cluster.kubectl('exec', '-n', space, 'keeper-0', '--', 'sh', '-c', 'echo kept > /data/file && sync');
  const before = await uid();
  await cluster.kubectl('delete', 'pod', 'keeper-0', '-n', space);
  await cluster.waitFor('pod/keeper-0', 'create', '-n', space);
  await cluster.waitFor('pod/keeper-0', 'condition=Ready', '-n', space);
  assert.notEqual(await uid(), before);
  assert.equal(await cluster.kubectl('exec', '-n', space, 'keeper-0', '--', 'cat', '/data/file'), 'kept\n');
});
