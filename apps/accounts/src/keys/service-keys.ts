import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { servicePaths } from '@kumiki/api';
import type { KeyRing } from './key-ring.ts';

/**
 * Lets the services of the installation in with the keys that somebody has given them, each for what its service needs.
 * @param folder with a file for each, or nothing where no service calls others.
 */
export function addServiceKeys(keys: Pick<KeyRing, 'addServiceKey'>, folder: string | undefined): void {
  if (folder === undefined) return;
  for (const [name, paths] of Object.entries(servicePaths)) {
    keys.addServiceKey(name, paths, readFileSync(join(folder, name), 'utf8').trim());
  }
}
