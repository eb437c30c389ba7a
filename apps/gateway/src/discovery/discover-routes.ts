import type { RouteTable } from '@kumiki/api';
import { KubeAccessError, openKubeAccess } from '@kumiki/kube';
import { ConfigError, type Log } from '@kumiki/service';
import type { SnapshotHealth } from '../snapshot/snapshot-health.ts';
import type { DiscoverySource } from './discovery-source.ts';
import { type DiscoveredRoutes, followCluster } from './follow-cluster.ts';

/** Follows the cluster of this process. Throws ConfigError where none is known. */
export async function discoverRoutes(
  { namespaces, keptFile, environment }: DiscoverySource,
  base: RouteTable,
  health: SnapshotHealth,
  log: Log,
): Promise<DiscoveredRoutes> {
  return followCluster({ access: openAccess(environment), namespaces, keptFile, base, health, log });
}

function openAccess(environment: DiscoverySource['environment']) {
  try {
    return openKubeAccess({ environment });
  } catch (error) {
    if (error instanceof KubeAccessError) throw new ConfigError([`KUMIKI_DISCOVERY: ${error.message}`]);
    throw error;
  }
}
