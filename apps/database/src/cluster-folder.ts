import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { lockFiles } from '@kumiki/service/folder';

const clusterName = 'cluster';
/** By this file PostgreSQL knows a folder as its own. */
const versionFile = 'PG_VERSION';

/**
 * Where the engine's files lie within a folder that this process holds: beside the lock and never around it. After a crash the engine
 * opens and closes every file of its folder, and a process that closes any descriptor of a locked file gives the lock up. What
 * an earlier version left around the lock moves there.
 */
export function clusterFolder(folder: string): string {
  const cluster = join(folder, clusterName);
  const others = readdirSync(folder).filter((name) => name !== clusterName && !lockFiles.has(name));
  if (existsSync(join(folder, versionFile))) {
    mkdirSync(cluster, { recursive: true, mode: 0o700 });
    // The file that tells of it moves last, so that a start after a crash goes on.
    const rest = others.filter((name) => name !== versionFile);
    for (const name of [...rest, versionFile]) renameSync(join(folder, name), join(cluster, name));
  } else if (others.length > 0) {
    throw new Error('it holds something else than a database; move it away');
  }
  return cluster;
}
