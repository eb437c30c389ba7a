import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { requireOwnFolder } from './close-home.ts';

/** Paths of the state folder. Everything in it belongs to one user and is readable by nobody else. */
export interface HomeFolder {
  readonly path: string;
  readonly services: string;
  readonly logs: string;
  /** Compiled code of workers, so that the next one starts sooner. Can be deleted at any time. */
  readonly cache: string;
  /** What manifests may name as secrets: a folder for each. */
  readonly secrets: string;
  /** Models that need no other word of the operator. */
  readonly models: string;
  /** Which files and folders elsewhere may be read as models. */
  readonly modelList: string;
  /** Which servers outside may be reached. */
  readonly egress: string;
  /** The embedded database, where no server is named. */
  readonly data: string;
  /** Bytes of uploaded files, where no server is named. */
  readonly files: string;
  /** What the gateway is told, as it was told last: with it, it starts. */
  readonly snapshots: string;
  /** What the services of this machine are started with, tokens among it, and the socket of the database. Made anew at each start. */
  readonly run: string;
  /** A link that signs a browser in, where the one of the start was not told to a terminal. */
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

/** Makes the folder, or closes it to others where it is: also for who does not hold it. */
export function openHome(path: string): HomeFolder {
  const home = homePaths(path);
  mkdirSync(home.path, { recursive: true, mode: 0o700 });
  requireOwnFolder(home.path);
  chmodSync(home.path, 0o700);
  return home;
}
