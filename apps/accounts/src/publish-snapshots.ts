import type { Log } from '@kumiki/service';
import { writeFileAtomic } from '@kumiki/service/folder';
import { createSnapshotWriter } from '@kumiki/service/snapshot';
import type { Accounts } from './open-accounts.ts';

/** The files in which gateways read who may come in, and what projects may have. */
export interface SnapshotPaths {
  readonly keys: string;
  readonly sessions: string;
  readonly projectLimits: string;
}

type Published = Pick<Accounts, 'keys' | 'sessions' | 'projectLimits'>;

/** Writes the snapshots as they are now. */
export function writeSnapshots({ keys, sessions, projectLimits }: Published, paths: SnapshotPaths): void {
  writeFileAtomic(paths.keys, JSON.stringify(keys.snapshot()));
  writeFileAtomic(paths.sessions, JSON.stringify(sessions.snapshot()));
  writeFileAtomic(paths.projectLimits, JSON.stringify(projectLimits.snapshot()));
}

/** The same, and again after each change, which waits until the file has it. */
export function publishSnapshots(accounts: Published, paths: SnapshotPaths, log: Log): void {
  writeSnapshots(accounts, paths);
  accounts.keys.onChange(createSnapshotWriter(paths.keys, log));
  accounts.sessions.onChange(createSnapshotWriter(paths.sessions, log));
  accounts.projectLimits.onChange(createSnapshotWriter(paths.projectLimits, log));
}
