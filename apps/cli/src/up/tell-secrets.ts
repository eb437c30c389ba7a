import { rmSync } from 'node:fs';
import { accountsFolder } from '@kumiki/accounts';
import { writeFileAtomic } from '@kumiki/local';
import type { Product } from '../product/start-product.ts';

/** What lets somebody in, and where it is told. */
export interface ToldSecrets {
  /** A link that signs a browser in, for the person at the terminal; else it lies in the file. */
  readonly link: string | null;
  readonly linkFile: string;
  /** A key that was made now, for the person at the terminal; else it lies in the file, as it does in any case. */
  readonly key: string | null;
  readonly keyFile: string;
}

/**
 * Tells keys and links to a terminal alone. What goes into a pipe ends up in a log that others read and that is kept: there
 * a file that belongs to the user alone holds them, and its path is told.
 */
export function tellSecrets({ runtime, adminKey, signInUrl }: Product, toTerminal: boolean): ToldSecrets {
  const { path, signInLink: linkFile } = runtime.home;
  const keyFile = accountsFolder(path).adminKey;
  const link = signInUrl();
  if (toTerminal) {
    // One of a start that was killed is worth nothing.
    rmSync(linkFile, { force: true });
    return { link, linkFile, key: adminKey.isNew ? adminKey.key : null, keyFile };
  }
  writeFileAtomic(linkFile, `${link}\n`);
  return { link: null, linkFile, key: null, keyFile };
}
