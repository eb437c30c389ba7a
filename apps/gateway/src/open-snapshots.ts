import type { Log } from '@kumiki/service';
import { type AccountsSource, followSnapshots } from './follow-snapshots.ts';
import type { SnapshotHealth } from './snapshot/snapshot-health.ts';
import { type SnapshotPaths, type Snapshots, watchSnapshots } from './watch-snapshots.ts';

/** Where a gateway has its snapshots from. */
export type SnapshotSources =
  | ({ readonly kind: 'files' } & SnapshotPaths)
  | { readonly kind: 'stream'; readonly routes: string; readonly accounts: AccountsSource };

/** Opens them. Throws ConfigError where a file cannot be read, or where there is nothing to start with. */
export async function openSnapshots(sources: SnapshotSources, health: SnapshotHealth, log: Log): Promise<Snapshots> {
  return sources.kind === 'files' ? watchSnapshots(sources, health, log) : followSnapshots(sources, health, log);
}
