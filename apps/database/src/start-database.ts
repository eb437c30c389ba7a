import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serveEmbedded } from '@kumiki/postgres';
import { ConfigError } from '@kumiki/service';
import { acquireLock, describeImpossible, describeRunning } from '@kumiki/service/folder';
import { clusterFolder } from './cluster-folder.ts';

/** Socket name that PostgreSQL's clients expect. */
const socketName = '.s.PGSQL.5432';

export interface DatabaseOptions {
  readonly folder: string;
  readonly socketFolder: string;
}

export interface RunningDatabase {
  close(): Promise<void>;
}

/**
 * Serves the embedded database of a folder to the other processes of this machine. Rejects when another process holds
 * the folder, or when it cannot be opened.
 */
export async function startDatabase({ folder, socketFolder }: DatabaseOptions): Promise<RunningDatabase> {
  const lock = await acquireLock(folder, new Date(), true);
  if (lock.kind === 'held') throw new ConfigError([describeRunning(folder, lock.by)]);
  if (lock.kind === 'impossible') throw new ConfigError([describeImpossible(folder, lock.reason)]);
  let served: ReturnType<typeof serveEmbedded> | null = null;
  try {
    served = serveEmbedded(clusterFolder(folder));
    await served.opened;
  } catch (error) {
    await served?.close();
    lock.release();
    throw error;
  }
  const database = served;
  const server = createServer((socket) => database.accept(socket));
  const path = join(socketFolder, socketName);
  // Left by a killed process; holding the folder's lock proves that it has ended.
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
  return {
    async close() {
      server.close();
      await database.close();
      lock.release();
    },
  };
}
