import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameServer } from './addons/name-server.ts';
import { policyRights, policyUser } from './addons/policy-rights.ts';
import { volumeClass, volumesOf } from './addons/volumes.ts';
import { type Cluster, accessCluster } from './cluster.ts';
import { adminConfigOf, startControlPlane } from './control-plane/start-control-plane.ts';
import { writeKubeconfig } from './control-plane/write-kubeconfig.ts';
import { type ClusterPlace, placeOf } from './host/cluster-place.ts';
import { holdFreePlace, sweepPlaces } from './host/hold-place.ts';
import { lastLines } from './host/last-lines.ts';
import { createNetwork } from './host/network.ts';
import { seatOf, startNode } from './node/start-node.ts';
import { programs } from './parts/installed-parts.ts';
import { busyboxImage } from './parts/rig-images.ts';
import { rigAt } from './rig.ts';

export interface StartedCluster {
  readonly cluster: Cluster;
  readonly place: ClusterPlace;
  /** Ends everything and removes every trace. */
  stop(): Promise<void>;
}

/** Starts a cluster of that many nodes, each in a zone of its own, after cleaning up after runs that died. */
export async function startCluster(nodeCount: number): Promise<StartedCluster> {
  await sweepPlaces();
  const { place, release } = await holdFreePlace();
  try {
    mkdirSync(place.folder, { recursive: true, mode: 0o755 });
    writeFileSync(stateOf(place), JSON.stringify({ nodeCount }));
    await createNetwork(place);
    const { authority, server } = await startControlPlane(place);
    const configFor = (name: string, user: string): Promise<string> =>
      writeKubeconfig(join(place.folder, 'access', `${name}.json`), server, authority, { name, user });
    const proxyConfig = await configFor('kube-proxy', 'system:kube-proxy');
    const policyConfig = await configFor('kube-router', policyUser);
    const cluster = attachCluster(place.index);
    const seats = Array.from({ length: nodeCount }, (_, number) => seatOf(number));
    await Promise.all([
      cluster.apply(...policyRights(), volumeClass(), ...seats.flatMap(volumesOf), ...nameServer(place)),
      ...seats.map((seat) => startNode(place, seat, { authority, server, proxyConfig, policyConfig })),
    ]);
    for (const { name } of seats) await cluster.waitFor(`node/${name}`, 'create');
    if (nodeCount > 0) {
      await cluster.waitFor('node', 'condition=Ready', '--all');
      await cluster.waitFor('deployment/coredns', 'condition=Available', '-n', 'kube-system');
    }
    return { cluster, place, stop: release };
  } catch (error) {
    const logs = lastLines(place);
    await release();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logs}`, { cause: error });
  }
}

/** The cluster at a place, started by this process or another. */
export function attachCluster(index: number): Cluster {
  const place = placeOf(index);
  const { nodeCount } = JSON.parse(readFileSync(stateOf(place), 'utf8')) as { nodeCount: number };
  return accessCluster({
    kubeconfig: adminConfigOf(place),
    kubectl: programs.kubernetes('kubectl'),
    rig: rigAt(place, nodeCount),
    busybox: { image: busyboxImage, imagePullPolicy: 'Never' },
  });
}

function stateOf(place: ClusterPlace): string {
  return join(place.folder, 'cluster.json');
}
