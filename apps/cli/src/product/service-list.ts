import { accountsEntry } from '@kumiki/accounts/entry';
import type { servicePaths } from '@kumiki/api';
import { consoleEntry } from '@kumiki/console/entry';
import { conversationsEntry } from '@kumiki/conversations/entry';
import { databaseEntry } from '@kumiki/database/entry';
import { gatewayEntry } from '@kumiki/gateway/entry';
import { searchEntry } from '@kumiki/search/entry';
import { type EdgeOptions, edgeVariables } from '@kumiki/service';
import type { SnapshotPaths } from './snapshot-paths.ts';

/** What the services of one machine are configured with, evaluated when one of them starts. */
export interface ServicePlace {
  /** Where clients come in. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly edge: EdgeOptions;
  /** Origin of the gateway once it listens, by which services call it, */
  readonly gatewayUrl: string;
  /** and by which others do, */
  readonly shownUrl: string;
  /** where somebody has said so; */
  readonly publicUrl: string | null;
  /** and where it tells what it observes; 0 before it has listened first. */
  readonly observedPort: number;
  readonly observedTokenFile: string;
  readonly snapshots: SnapshotPaths;
  /** The state folder, in which accounts lie. */
  readonly accountsFolder: string;
  readonly serviceKeysFolder: string;
  readonly pepperFile: string;
  /** A file with the URL of the database. */
  readonly postgresUrlFile: string;
  /** Where the embedded database lies, and its socket; null where a server is named. */
  readonly embedded: { readonly dataFolder: string; readonly socketFolder: string } | null;
  /** Where the bytes of files lie; null keeps them in the database. */
  readonly objectsFolder: string | null;
}

/** Files with what a service proves itself by where it has a key, and what others prove themselves to it by. */
export interface ServiceSecrets {
  readonly serviceKeyFile: string;
  readonly tokenFile: string;
}

export type ServiceName = 'gateway' | 'accounts' | 'console' | 'database' | keyof typeof servicePaths;

/** A service of one machine: a process of its own, as on a cluster. */
export interface ServiceEntry {
  readonly name: ServiceName;
  /** The file that Node runs. */
  readonly entry: URL;
  readonly nodeFlags: readonly string[];
  /** Services that it starts after, once they listen. On two cores the gateway and workers come first: they are what a first token needs. */
  readonly after: readonly ServiceName[];
  /** `first`: what clients wait for there ends while all that serves it still runs. `last`: others write to it until they end. */
  readonly ends: 'first' | 'then' | 'last';
  /** What is left to its own requests after SIGTERM. */
  readonly drainMs: number;
  /** Its settings besides those of all. */
  settings(place: ServicePlace, secrets: ServiceSecrets): Readonly<Record<string, string>>;
}

/** Answers that have begun may take so long to end. */
const clientsDrainMs = 30_000;
/** What is left to a service's own streams when the gateway has ended those of clients. */
const serviceDrainMs = 2_000;

/** Young objects are few between two collections here: a large young generation is memory that nobody uses. */
const smallYoungGeneration = '--max-semi-space-size=2';

/**
 * Settings of glibc: larger blocks of freed memory go back to the system, rather than being kept for the next use. The compiler of
 * the database's engine uses 20 MiB of them once.
 */
const returnsFreedMemory = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' };

/** Only the gateway calls them, on a port that is in its routes. */
const listens = { KUMIKI_LISTEN_HOST: '127.0.0.1', KUMIKI_LISTEN_PORT: '0' };

/** The services of one machine. To add one is to add an entry. That of the database is there only where no server is named. */
export const serviceList: readonly ServiceEntry[] = [
  {
    name: 'gateway',
    entry: gatewayEntry,
    nodeFlags: ['--max-semi-space-size=16'],
    after: [],
    ends: 'first',
    drainMs: clientsDrainMs,
    settings: ({ host, port, edge, snapshots, pepperFile, observedPort, observedTokenFile }) => ({
      KUMIKI_LISTEN_HOST: host,
      KUMIKI_LISTEN_PORT: String(port),
      KUMIKI_ROUTES_FILE: snapshots.routes,
      KUMIKI_KEYS_FILE: snapshots.keys,
      KUMIKI_SESSIONS_FILE: snapshots.sessions,
      KUMIKI_PROJECT_LIMITS_FILE: snapshots.projectLimits,
      KUMIKI_PEPPER_FILE: pepperFile,
      KUMIKI_OBSERVED_PORT: String(observedPort),
      KUMIKI_OBSERVED_TOKEN_FILE: observedTokenFile,
      KUMIKI_DRAIN_FOR: 'clients',
      ...edgeVariables(edge),
    }),
  },
  {
    name: 'accounts',
    entry: accountsEntry,
    nodeFlags: [smallYoungGeneration],
    after: ['gateway'],
    ends: 'then',
    drainMs: serviceDrainMs,
    settings: (place, { tokenFile }) => ({
      ...listens,
      KUMIKI_BACKEND_TOKEN_FILE: tokenFile,
      KUMIKI_ACCOUNTS_FOLDER: place.accountsFolder,
      KUMIKI_KEYS_FILE: place.snapshots.keys,
      KUMIKI_SESSIONS_FILE: place.snapshots.sessions,
      KUMIKI_PROJECT_LIMITS_FILE: place.snapshots.projectLimits,
      KUMIKI_SERVICE_KEYS_FOLDER: place.serviceKeysFolder,
      KUMIKI_SHOWN_URL: place.shownUrl,
      ...(place.publicUrl === null ? {} : { KUMIKI_PUBLIC_URL: place.publicUrl }),
      KUMIKI_OBSERVED_URLS: `http://127.0.0.1:${place.observedPort}`,
      KUMIKI_OBSERVED_TOKEN_FILE: place.observedTokenFile,
    }),
  },
  {
    name: 'console',
    entry: consoleEntry,
    nodeFlags: [smallYoungGeneration],
    after: ['gateway'],
    ends: 'then',
    drainMs: serviceDrainMs,
    settings: (_, { tokenFile }) => ({ ...listens, KUMIKI_BACKEND_TOKEN_FILE: tokenFile }),
  },
  {
    name: 'database',
    entry: databaseEntry,
    // Of its engine only what runs is compiled, and only what runs for a second is optimised: the engine's interpreter of expressions
    // is one function that takes seconds and 600 MiB to optimise.
    nodeFlags: [smallYoungGeneration, '--wasm-lazy-compilation', '--wasm-tiering-budget=1000000000'],
    after: ['gateway'],
    ends: 'last',
    drainMs: serviceDrainMs,
    // It has no token: only those who may enter its folder reach it.
    settings: ({ embedded }) => ({
      KUMIKI_DATABASE_FOLDER: embedded?.dataFolder ?? '',
      KUMIKI_SOCKET_FOLDER: embedded?.socketFolder ?? '',
      ...returnsFreedMemory,
    }),
  },
  {
    name: 'conversations',
    entry: conversationsEntry,
    nodeFlags: [smallYoungGeneration],
    after: ['gateway', 'database'],
    ends: 'then',
    drainMs: serviceDrainMs,
    settings: dataServiceSettings,
  },
  {
    name: 'search',
    entry: searchEntry,
    nodeFlags: [smallYoungGeneration],
    after: ['gateway', 'database'],
    ends: 'then',
    drainMs: serviceDrainMs,
    settings: (place, secrets) => ({
      ...dataServiceSettings(place, secrets),
      ...(place.objectsFolder === null ? {} : { KUMIKI_OBJECTS_FOLDER: place.objectsFolder }),
    }),
  },
];

function dataServiceSettings(place: ServicePlace, secrets: ServiceSecrets): Record<string, string> {
  return {
    ...listens,
    KUMIKI_POSTGRES_URL_FILE: place.postgresUrlFile,
    KUMIKI_GATEWAY_URL: place.gatewayUrl,
    KUMIKI_SERVICE_KEY_FILE: secrets.serviceKeyFile,
    KUMIKI_BACKEND_TOKEN_FILE: secrets.tokenFile,
  };
}
