import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { requireOwnFolder } from './close-home.ts';

/** Paths of the state folder. Everything in it belongs to one user and is unreadable for others. */
export interface HomeFolder {
  readonly path: string;
  readonly services: string;
  readonly logs: string;
  /** Compile cache of workers, which makes starts faster. Can be deleted at any time. */
  readonly cache: string;
  /** Secrets that manifests may name: a folder for each. */
  readonly secrets: string;
  /** Models in this folder may be served without being listed. */
  readonly models: string;
  /** The list of other files and folders that may be read as models. */
  readonly modelList: string;
  /** The egress list. */
  readonly egress: string;
  /** The embedded database, used when no server is configured. */
  readonly data: string;
  /** Bytes of uploaded files, used when no server is configured. */
  readonly files: string;
  /** The last snapshots for the gateway, which starts with them. */
  readonly snapshots: string;
  /**
   * Files that this machine's services are started with, including tokens, and the socket of the database. Recreated at
   * each start.
   */
  readonly run: string;
  /** A sign-in link, written when the start had no terminal to print it on. */
  readonly signInLink: string;
  /** The URL of the running product. */
  readonly url: string;
}

export function homePaths(path: string): HomeFolder {
  return {
    path,
    services: join(path, 'services'),
    logs: join(path, 'logs'),
    cache: join(path, 'cache'),
    secrets: join(path, 'secrets'),
    models: join(path, 'models'),
    modelList: join(path, 'models.json'),
    egress: join(path, 'egress.json'),
    data: join(path, 'data'),
    files: join(path, 'files'),
    snapshots: join(path, 'snapshots'),
    run: join(path, 'run'),
    signInLink: join(path, 'sign-in-link'),
    url: join(path, 'url'),
  };
}

/** Creates the folder, or removes others' permissions on it. Also for processes that do not hold it. */
export function openHome(path: string): HomeFolder {
  const home = homePaths(path);
  mkdirSync(home.path, { recursive: true, mode: 0o700 });
  requireOwnFolder(home.path);
  chmodSync(home.path, 0o700);
  return home;
}
