import { join } from 'node:path';

/** Files in which the gateway of one machine reads what it must know. They outlive a restart of the product and of the gateway. */
export interface SnapshotPaths {
  readonly routes: string;
  readonly keys: string;
  readonly sessions: string;
  readonly projectLimits: string;
}

/** @param folder that of the snapshots in the state folder. */
export function snapshotPaths(folder: string): SnapshotPaths {
  return {
    routes: join(folder, 'routes.json'),
    keys: join(folder, 'keys.json'),
    sessions: join(folder, 'sessions.json'),
    projectLimits: join(folder, 'project-limits.json'),
  };
}
