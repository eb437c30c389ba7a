import { type Cluster, accessCluster } from './cluster.ts';
import { installParts } from './parts/installed-parts.ts';
import { attachCluster, startCluster } from './start-cluster.ts';
import { whyNoRig } from './why-no-rig.ts';

const nodeCount = 3;

/** Set by `npm run test:cluster` for its test files: the place of the cluster that they share. */
export const sharedClusterVariable = 'KUMIKI_TEST_CLUSTER';

export interface OpenedCluster {
  readonly cluster: Cluster;
  /** Ends what was started for this test file alone. */
  close(): Promise<void>;
}

/** Why tests of a cluster cannot run here, as a test's `skip` wants it. */
export function whyNoCluster(): string | false {
  return process.env['KUBECONFIG'] !== undefined || process.env[sharedClusterVariable] !== undefined
    ? false
    : (whyNoRig() ?? false);
}

/** Why tests that cut cables and kill nodes cannot run here. */
export function whyNoFaults(): string | false {
  if (process.env[sharedClusterVariable] === undefined && process.env['KUBECONFIG'] !== undefined)
    return "KUBECONFIG names a cluster whose machines are not the rig's to break";
  return whyNoCluster();
}

/**
 * The cluster for a test file: the one of the run, or the one that KUBECONFIG names, or else one of its own. On somebody's
 * cluster KUMIKI_TEST_BUSYBOX names an image with busybox that it can pull.
 *
 * @param nodes of a cluster of its own; with 0 it is a control plane alone, which is there in seconds.
 */
export async function openCluster({ nodes = nodeCount }: { readonly nodes?: number } = {}): Promise<OpenedCluster> {
  const shared = process.env[sharedClusterVariable];
  if (shared !== undefined) return { cluster: attachCluster(Number(shared)), close: async () => undefined };
  const kubeconfig = process.env['KUBECONFIG'];
  if (kubeconfig !== undefined) {
    const image = process.env['KUMIKI_TEST_BUSYBOX'] ?? 'docker.io/library/busybox:1.37';
    const busybox = { image, imagePullPolicy: 'IfNotPresent' };
    return {
      cluster: accessCluster({ kubeconfig, kubectl: 'kubectl', rig: null, busybox }),
      close: async () => undefined,
    };
  }
  await installParts((line) => console.log(line));
  const started = await startCluster(nodes);
  return { cluster: started.cluster, close: () => started.stop() };
}
