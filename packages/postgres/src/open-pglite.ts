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
import { unpackTar } from './unpack-tar.ts';

const int8 = 20;
const bytea = 17;

/**
 * Shared buffers in pages of 8 KiB: 8 MiB. The engine touches all of them at its start, so its default would cost 128 MiB of
 * memory at once. Other pages are in the system's page cache: a scan of 16 MiB takes the same time with 32 MiB of buffers.
 */
const sharedBuffers = ['-B', '1024'];

/**
 * Opens the embedded database on a folder, which is created if missing, or in memory for null.
 * @param log notified of every write to the database's log, and asked to sync it where the write order requires that.
 */
export async function openPglite(folder: string | null, log: GroupSync): Promise<PGlite> {
  if (folder === null) {
    const prepared = readPreparedData();
    return create(null, prepared === null ? null : new Blob([prepared]));
  }
  if (!existsSync(join(folder, versionFile))) await makeFolder(folder);
  // Without `-F`, which turns off `fsync`.
  const startParams = [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), ...sharedBuffers];
  return PGlite.create({ fs: durableFolder(folder, log), startParams, ...ours });
}

/**
 * Subfolders where a new database is created and where the complete one lies. Both are inside the folder, since that
 * may be a mount point.
 */
const halfName = 'half';
const wholeName = 'whole';
/** This file marks a complete database, so it moves last. */
const versionFile = 'PG_VERSION';
/** Files of the folder's lock, which exist before the database. */
const lockFiles: ReadonlySet<string> = new Set(['lock.db', 'lock.json', 'lock.json.new']);

/** Safe to kill at any moment: the next process either finds a complete database or starts over. */
async function makeFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const half = join(folder, halfName);
  const whole = join(folder, wholeName);
  if (!existsSync(whole)) {
    const others = readdirSync(folder).filter((name) => name !== halfName && !lockFiles.has(name));
    if (others.length > 0) throw new Error('it holds something else than a database; move it away');
    rmSync(half, { recursive: true, force: true });
    const prepared = readPreparedData();
    // Without an engine, which would take a second to start and to stop.
    if (prepared !== null) unpackTar(prepared, half);
    else await (await create(half, null)).close();
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

/** PGlite's own writes bytes one by one, which takes seconds for 8 MiB. */
function writeBytes(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('A bytea parameter is a Uint8Array.');
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

const ours = {
  extensions: { vector },
  parsers: { [int8]: Number },
  serializers: { [bytea]: writeBytes },
};

/** @param prepared initial files; null to use the existing ones or create new ones. */
export function create(folder: string | null, prepared: Blob | null): Promise<PGlite> {
  return PGlite.create({
    ...(folder === null ? {} : { dataDir: folder }),
    ...(prepared === null ? {} : { loadDataDir: prepared }),
    ...ours,
  });
}
