import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { readPreparedData } from './prepared-data.ts';

const int8 = 20;

/** Opens the embedded database on a folder, which is made when it is not there, or in memory for null. */
export async function openPglite(folder: string | null): Promise<PGlite> {
  if (folder === null) return create(null, readPreparedData());
  if (!existsSync(join(folder, 'PG_VERSION'))) await makeFolder(folder);
  return create(folder, null);
}

/** Makes a new folder beside its place and moves it there whole: a process may be killed while it writes. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) {
    if (readdirSync(folder).length > 0) throw new Error('it holds something else than a database; move it away');
    rmdirSync(folder);
  }
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const database = await create(half, readPreparedData());
  await database.close();
  renameSync(half, folder);
}

/** @param prepared the files that it begins with; null for those that are there, or for new ones. */
export function create(folder: string | null, prepared: Blob | null): Promise<PGlite> {
  return PGlite.create({
    ...(folder === null ? {} : { dataDir: folder }),
    ...(prepared === null ? {} : { loadDataDir: prepared }),
    extensions: { vector },
    parsers: { [int8]: Number },
  });
}
