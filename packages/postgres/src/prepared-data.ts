import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';

/**
 * What `initdb` makes, kept packed beside this package: to unpack it takes a third of the time that making it does
 * (`npm run bench database`). It is made once where the product is installed; where it is not there, every new database makes its own.
 */
const folder = fileURLToPath(new URL('../prepared/', import.meta.url));

/** Of this version of the embedded database: another may lay its files out otherwise. */
function preparedPath(): string {
  const entry = fileURLToPath(import.meta.resolve('@electric-sql/pglite'));
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return join(folder, `embedded-${version}.tar.gz`);
}

/** The packed files of a new database; null where they have not been prepared. */
export function readPreparedData(): Blob | null {
  const path = preparedPath();
  return existsSync(path) ? new Blob([gunzipSync(readFileSync(path))]) : null;
}

/** Packs the files of a database that was just made, unless that is done. */
export async function prepareData(make: () => Promise<PGlite>): Promise<void> {
  const path = preparedPath();
  if (existsSync(path)) return;
  const database = await make();
  const files = await database.dumpDataDir('none');
  await database.close();
  // Those of other versions are of no use any more.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const half = `${path}.${process.pid}`;
  writeFileSync(half, gzipSync(Buffer.from(await files.arrayBuffer())));
  renameSync(half, path);
}
