import { join } from 'node:path';

/** Paths of keys, sessions and limits in a state folder. */
export interface AccountsFolder {
  readonly path: string;
  /** Folder with one file for each key. */
  readonly keys: string;
  /** All keys in one file, the format of earlier versions. */
  readonly formerKeys: string;
  readonly sessions: string;
  /** The limits of projects. */
  readonly limits: string;
  readonly pepper: string;
  /** The key of this machine's own command line. */
  readonly adminKey: string;
}

/** @param path the state folder. */
export function accountsFolder(path: string): AccountsFolder {
  return {
    path,
    keys: join(path, 'keys'),
    formerKeys: join(path, 'keys.json'),
    sessions: join(path, 'sessions.json'),
    limits: join(path, 'limits.json'),
    pepper: join(path, 'pepper'),
    adminKey: join(path, 'admin.key'),
  };
}
