import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';

/**
 * The output of `initdb`, packed: unpacking takes a third of the time of `initdb` (`npm run bench database`). It is
 * created once at installation; without it, every new database runs `initdb`.
 */
const folder = fileURLToPath(new URL('../prepared/', import.meta.url));

/** The path names the version of the embedded database, since the file layout may differ between versions. */
function preparedPath(): string {
  const entry = fileURLToPath(import.meta.resolve('@electric-sql/pglite'));
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return join(folder, `embedded-${version}.tar.gz`);
}

/** The packed files of a new database; null when they have not been prepared. */
export function readPreparedData(): Buffer<ArrayBuffer> | null {
  const path = preparedPath();
  return existsSync(path) ? gunzipSync(readFileSync(path)) : null;
}

/** Packs the files of a new database, unless that is already done. */
export async function prepareData(make: () => Promise<PGlite>): Promise<void> {
  const path = preparedPath();
  if (existsSync(path)) return;
  const database = await make();
  const files = await database.dumpDataDir('none');
  await database.close();
  // Removes those of other versions.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const half = `${path}.${process.pid}`;
  writeFileSync(half, gzipSync(Buffer.from(await files.arrayBuffer())));
  renameSync(half, path);
}
