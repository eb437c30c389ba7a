import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KumikiError } from '@kumiki/api';

const folderMode = 0o700;
const fileMode = 0o600;

/**
 * Refuses a state folder of another user, who could read or plant keys. Root may use any folder. Throws KumikiError
 * `conflict`.
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
 * Removes the permissions of group and others on a state folder and its direct entries, which a volume's group, a copy
 * or a wide umask may have given. Links are skipped; readers of state do not follow them.
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
