import { rmSync } from 'node:fs';
import { accountsFolder } from '@kumiki/accounts';
import { writeFileAtomic } from '@kumiki/local';
import type { Product } from '../product/start-product.ts';

/** The credentials to print, or null for those that are only in files. */
export interface ShownSecrets {
  /** A sign-in link to print at a terminal; otherwise it is in the file only. */
  readonly link: string | null;
  readonly linkFile: string;
  /** A new key to print at a terminal. It is always in the file as well. */
  readonly key: string | null;
  readonly keyFile: string;
}

/**
 * Prints keys and links only on a terminal. Output to a pipe often ends in a log that others can read, so then only the
 * paths of files are printed, which only the user can read.
 */
export async function showSecrets(
  { runtime, adminKey, signInUrl }: Product,
  toTerminal: boolean,
): Promise<ShownSecrets> {
  const { path, signInLink: linkFile } = runtime.home;
  const keyFile = accountsFolder(path).adminKey;
  const link = await signInUrl();
  if (toTerminal || link === null) {
    // A link left by a killed start is no longer valid.
    rmSync(linkFile, { force: true });
    return { link, linkFile, key: toTerminal && adminKey.isNew ? adminKey.key : null, keyFile };
  }
  writeFileAtomic(linkFile, `${link}\n`);
  return { link: null, linkFile, key: null, keyFile };
}
