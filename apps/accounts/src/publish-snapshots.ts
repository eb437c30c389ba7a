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

/** Writes the snapshots as they are now, and again after each change, which waits until the file has it. */
export function publishSnapshots(
  { keys, sessions, projectLimits }: Pick<Accounts, 'keys' | 'sessions' | 'projectLimits'>,
  paths: SnapshotPaths,
  log: Log,
): void {
  publish(keys, paths.keys, log);
  publish(sessions, paths.sessions, log);
  publish(projectLimits, paths.projectLimits, log);
}

interface Source<Value> {
  snapshot(): Value;
  onChange(listener: (value: Value) => unknown): void;
}

function publish<Value>({ snapshot, onChange }: Source<Value>, path: string, log: Log): void {
  writeFileAtomic(path, JSON.stringify(snapshot()));
  onChange(createSnapshotWriter(path, log));
}
