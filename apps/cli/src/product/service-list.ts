import type { servicePaths } from '@kumiki/api';
import { conversationsEntry } from '@kumiki/conversations/entry';
import { databaseEntry } from '@kumiki/database/entry';
import { searchEntry } from '@kumiki/search/entry';

/** What the services of one machine are told of their surroundings. */
export interface ServicePlace {
  /** Origin of the gateway. */
  readonly gatewayUrl: string;
  /** A file with the URL of the database. */
  readonly postgresUrlFile: string;
  /** Where the embedded database lies, and its socket; null where a server is named. */
  readonly embedded: { readonly dataFolder: string; readonly socketFolder: string } | null;
  /** Where the bytes of files lie; null keeps them in the database. */
  readonly objectsFolder: string | null;
}

/** Files with what a service proves itself by, and what the gateway proves itself to it by. */
export interface ServiceSecrets {
  readonly serviceKeyFile: string;
  readonly tokenFile: string;
}

/** A service of one machine: a process of its own, as on a cluster. */
export interface ServiceEntry {
  readonly name: 'database' | keyof typeof servicePaths;
  /** The file that Node runs. */
  readonly entry: URL;
  readonly nodeFlags: readonly string[];
  /** Its settings besides those of all. The database has no secrets: only those who may enter its folder reach it. */
  settings(place: ServicePlace, secrets: ServiceSecrets | null): Readonly<Record<string, string>>;
}

/** What is left to a service's own streams when the gateway has ended those of clients. */
export const drainMs = 2_000;

/** Young objects are few between two collections here: a large young generation is memory that nobody uses. */
const smallYoungGeneration = '--max-semi-space-size=2';

/**
 * The services besides the gateway, in the order of their start; they end in the other one. To add one is to add an entry. The
 * first is there only where no server is named, and the others start when it listens.
 */
export const serviceList: readonly ServiceEntry[] = [
  {
    name: 'database',
    entry: databaseEntry,
    // Of its engine only what runs is compiled.
    nodeFlags: [smallYoungGeneration, '--wasm-lazy-compilation'],
    settings: ({ embedded }) => ({
      KUMIKI_DATABASE_FOLDER: embedded?.dataFolder ?? '',
      KUMIKI_SOCKET_FOLDER: embedded?.socketFolder ?? '',
    }),
  },
  {
    name: 'conversations',
    entry: conversationsEntry,
    nodeFlags: [smallYoungGeneration],
    settings: dataServiceSettings,
  },
  {
    name: 'search',
    entry: searchEntry,
    nodeFlags: [smallYoungGeneration],
    settings: (place, secrets) => ({
      ...dataServiceSettings(place, secrets),
      ...(place.objectsFolder === null ? {} : { KUMIKI_OBJECTS_FOLDER: place.objectsFolder }),
    }),
  },
];

function dataServiceSettings(place: ServicePlace, secrets: ServiceSecrets | null): Record<string, string> {
  return {
    KUMIKI_LISTEN_HOST: '127.0.0.1',
    KUMIKI_LISTEN_PORT: '0',
    KUMIKI_POSTGRES_URL_FILE: place.postgresUrlFile,
    KUMIKI_GATEWAY_URL: place.gatewayUrl,
    KUMIKI_SERVICE_KEY_FILE: secrets?.serviceKeyFile ?? '',
    KUMIKI_BACKEND_TOKEN_FILE: secrets?.tokenFile ?? '',
  };
}
