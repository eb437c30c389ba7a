import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A socket's address holds 107 characters on Linux and 103 elsewhere, `/.s.PGSQL.5432` among them. */
const maxSocketFolder = 88;

/** What services are started with, in files that belong to this user alone, as a cluster mounts its secrets. */
export interface RunFolder {
  /** Writes a secret. @param name may have folders. @returns the path of its file. */
  write(name: string, secret: string): string;
  /** A folder for sockets, whose path is short enough for one. */
  readonly sockets: string;
  remove(): void;
}

/** Recreates the folder. */
export function openRunFolder(path: string): RunFolder {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const sockets = Buffer.byteLength(path) <= maxSocketFolder ? path : mkdtempSync(join(tmpdir(), 'kumiki-'));
  return {
    write(name, secret) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
      return file;
    },
    sockets,
    remove() {
      for (const folder of new Set([path, sockets])) rmSync(folder, { recursive: true, force: true });
    },
  };
}
