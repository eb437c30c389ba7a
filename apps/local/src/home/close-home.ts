import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KumikiError } from '@kumiki/api';

const folderMode = 0o700;
const fileMode = 0o600;

/**
 * Refuses a state folder of another user, who could put keys into it or read them. Throws KumikiError `conflict`. Root may
 * use every folder, as it may everything.
 */
export function requireOwnFolder(path: string): void {
  const me = process.getuid?.();
  if (me === undefined || me === 0) return;
  const { uid } = statSync(path);
  if (uid === me) return;
  throw new KumikiError('conflict', {
    reason: `${path} belongs to another user (${uid}; this is ${me}), who could read and change what it holds, so nothing was started. Run Kumiki as that user, or take a folder with --home that it can make itself, such as ${join(path, 'kumiki')}`,
  });
}

/**
 * Closes a state folder, and what lies directly in it, to everybody else: a volume that is given to a group, a copy or a
 * careless umask opens them. Links are left alone; who reads state follows none.
 */
export function closeToOthers(path: string): void {
  if (process.platform === 'win32') return;
  chmodSync(path, folderMode);
  for (const name of readdirSync(path)) {
    const inside = join(path, name);
    const found = lstatSync(inside, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) closeOne(inside, found.mode, folderMode);
    else if (found?.isFile() === true) closeOne(inside, found.mode, fileMode);
  }
}

function closeOne(path: string, mode: number, wanted: number): void {
  if ((mode & 0o077) !== 0) chmodSync(path, wanted);
}
