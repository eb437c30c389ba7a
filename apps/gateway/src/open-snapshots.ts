import type { Log } from '@kumiki/service';
import type { DiscoverySource } from './discovery/discovery-source.ts';
import { type AccountsSource, followSnapshots } from './follow-snapshots.ts';
import type { SnapshotHealth } from './snapshot/snapshot-health.ts';
import { type SnapshotPaths, type Snapshots, watchSnapshots } from './watch-snapshots.ts';

/** Where a gateway has its snapshots from. */
export type SnapshotSources =
  | ({ readonly kind: 'files' } & SnapshotPaths)
  | { readonly kind: 'stream'; readonly routes: string; readonly accounts: AccountsSource };

/**
 * Opens them. Throws ConfigError where a file cannot be read, or where there is nothing to start with.
 * @param discovery the cluster that the routes are completed from; null where the file has all of them.
 */
export async function openSnapshots(
  sources: SnapshotSources,
  discovery: DiscoverySource | null,
  health: SnapshotHealth,
  log: Log,
): Promise<Snapshots> {
  const told =
    sources.kind === 'files' ? watchSnapshots(sources, health, log) : await followSnapshots(sources, health, log);
  if (discovery === null) return told;
  try {
    return await addDiscovery(told, discovery, health, log);
  } catch (error) {
    told.close();
    throw error;
  }
}

/** The same snapshots with routes to what is in a cluster. Only a gateway that looks there loads the client for it. */
async function addDiscovery(
  told: Snapshots,
  source: DiscoverySource,
  health: SnapshotHealth,
  log: Log,
): Promise<Snapshots> {
  const { discoverRoutes } = await import('./discovery/discover-routes.ts');
  const discovered = await discoverRoutes(source, told.initial.routes, health, log);
  return {
    initial: { ...told.initial, routes: discovered.current() },
    tell(gateway) {
      discovered.listen(gateway.replaceRoutes);
      told.tell({ ...gateway, replaceRoutes: discovered.replaceBase });
    },
    close() {
      discovered.close();
      told.close();
    },
  };
}
