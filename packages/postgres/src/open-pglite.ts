import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { durableFolder } from './durable-folder.ts';
import type { GroupSync } from './group-sync.ts';
import { readPreparedData } from './prepared-data.ts';
import { syncTree } from './sync-tree.ts';

const int8 = 20;

/**
 * Shared buffers in pages of 8 KiB: 32 MiB. The engine touches all of them when it starts, so that its own default costs 128 MiB
 * of memory from the first moment; beyond these, pages are in the page cache of the system.
 */
const sharedBuffers = ['-B', '4096'];

/**
 * Opens the embedded database on a folder, which is made when it is not there, or in memory for null.
 * @param log told of every write to the database's log, and asked to settle it where the order demands that.
 */
export async function openPglite(folder: string | null, log: GroupSync): Promise<PGlite> {
  if (folder === null) return create(null, readPreparedData());
  if (!existsSync(join(folder, versionFile))) await makeFolder(folder);
  // Without the switch by which the engine leaves the disk alone.
  const startParams = [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), ...sharedBuffers];
  return PGlite.create({ fs: durableFolder(folder, log), startParams, ...ours });
}

/** Where a new database is made, and where it lies when it is whole. Both in its folder, which may be a mount. */
const halfName = 'half';
const wholeName = 'whole';
/** By this file a folder is a database. It moves last. */
const versionFile = 'PG_VERSION';
/** Lie in the folder before there is a database: they say who holds it. */
const lockFiles: ReadonlySet<string> = new Set(['lock.db', 'lock.json', 'lock.json.new']);

/** A process may be killed at any moment of this: the next one goes on with a database that is whole, or begins anew. */
async function makeFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const half = join(folder, halfName);
  const whole = join(folder, wholeName);
  if (!existsSync(whole)) {
    const others = readdirSync(folder).filter((name) => name !== halfName && !lockFiles.has(name));
    if (others.length > 0) throw new Error('it holds something else than a database; move it away');
    rmSync(half, { recursive: true, force: true });
    const database = await create(half, readPreparedData());
    await database.close();
    await syncTree(half);
    renameSync(half, whole);
  }
  const names = readdirSync(whole).filter((name) => name !== versionFile);
  for (const name of [...names, versionFile]) renameSync(join(whole, name), join(folder, name));
  rmdirSync(whole);
  if (process.platform !== 'win32') syncFolder(folder);
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const ours = { extensions: { vector }, parsers: { [int8]: Number } };

/** @param prepared the files that it begins with; null for those that are there, or for new ones. */
export function create(folder: string | null, prepared: Blob | null): Promise<PGlite> {
  return PGlite.create({
    ...(folder === null ? {} : { dataDir: folder }),
    ...(prepared === null ? {} : { loadDataDir: prepared }),
    ...ours,
  });
}
