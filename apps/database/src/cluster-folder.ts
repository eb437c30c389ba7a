import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { lockFiles } from '@kumiki/service/folder';

const clusterName = 'cluster';
/** This file marks a folder as PostgreSQL's. */
const versionFile = 'PG_VERSION';

/**
 * The subfolder of the engine's files within a locked folder. The lock file must not be in it: after a crash the engine
 * opens and closes every file of its folder, and closing any descriptor of a locked file releases the lock. Files that
 * an earlier version stored beside the lock are moved there.
 */
export function clusterFolder(folder: string): string {
  const cluster = join(folder, clusterName);
  const others = readdirSync(folder).filter((name) => name !== clusterName && !lockFiles.has(name));
  if (existsSync(join(folder, versionFile))) {
    mkdirSync(cluster, { recursive: true, mode: 0o700 });
    // The marker file moves last, so that a start after a crash continues the move.
    const rest = others.filter((name) => name !== versionFile);
    for (const name of [...rest, versionFile]) renameSync(join(folder, name), join(cluster, name));
  } else if (others.length > 0) {
    throw new Error('it holds something else than a database; move it away');
  }
  return cluster;
}
