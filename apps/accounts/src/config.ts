import { readFileSync } from 'node:fs';
import { decodePepper } from '@kumiki/seal';
import { ConfigError, listenerSettings, postgresSettings, postgresUrlOf, readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';

const file = z.string().min(1);
const origin = z.url({ protocol: /^https?$/ });
const port = z.coerce.number().int().min(0).max(65_535);

/** Where keys, sessions and limits lie in files, and where snapshots of them are written. */
const fileSettings = {
  KUMIKI_ACCOUNTS_FOLDER: file
    .optional()
    .describe('Folder with keys, sessions, limits of projects, and the pepper, where there is no database.'),
  KUMIKI_KEYS_FILE: file
    .optional()
    .describe('With that folder: where gateways read KeyRecord[]; written at the start and after each change.'),
  KUMIKI_SESSIONS_FILE: file.optional().describe('The same for SessionRecord[].'),
  KUMIKI_PROJECT_LIMITS_FILE: file.optional().describe('The same for ProjectLimitsRecord[].'),
} as const;

/** What only a service with a database takes. */
const streamSettings = {
  ...postgresSettings,
  KUMIKI_PEPPER_FILE: file
    .optional()
    .describe('With a database: file with the secret that hashes of keys are made with, the same as that of gateways.'),
  KUMIKI_STREAM_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address of the listener at which gateways follow keys, sessions and limits.'),
  KUMIKI_STREAM_PORT: port.default(8_472).describe('Port of that listener; 0 takes any free one.'),
  KUMIKI_STREAM_TOKEN_FILE: file
    .optional()
    .describe('With a database: file with the token by which gateways prove themselves there; read once.'),
  KUMIKI_FIRST_KEY_FILE: file
    .optional()
    .describe('File with a key of all rights that is stored where the database is new; read once, and ignored later.'),
};

/** What this program takes from its environment. */
export const accountsSettings = z.strictObject({
  ...listenerSettings(8_470),
  KUMIKI_BACKEND_TOKEN_FILE: file.describe('File with the token by which the gateway proves itself; read once.'),
  ...fileSettings,
  ...streamSettings,
  KUMIKI_SERVICE_KEYS_FOLDER: file
    .optional()
    .describe('Folder with a file for each service that calls others, named as it is, that holds its key; read once.'),
  KUMIKI_SHOWN_URL: origin.describe('Where the product is reached, without a path: links that sign in lead there.'),
  KUMIKI_PUBLIC_URL: origin.optional().describe('The same where an operator has said so. It goes before the other.'),
  KUMIKI_OBSERVED_URLS: z
    .string()
    .max(65_536)
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .describe('Origins at which gateways tell when sessions were used, with commas between.'),
  KUMIKI_OBSERVED_TOKEN_FILE: file.optional().describe('File with the token for those; needed where there is one.'),
});

type Settings = z.infer<typeof accountsSettings>;

/** Where accounts are stored. */
export type AccountsPlace =
  | {
      readonly kind: 'files';
      readonly folder: string;
      readonly keys: string;
      readonly sessions: string;
      readonly projectLimits: string;
    }
  | {
      readonly kind: 'database';
      readonly url: string;
      readonly pepper: Buffer;
      readonly firstKey: string | null;
      readonly stream: { readonly host: string; readonly port: number; readonly token: string };
    };

/** The service's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readAccountsConfig() {
  const settings = readConfig(accountsSettings, process.env, 'KUMIKI_');
  const observedFile = settings.KUMIKI_OBSERVED_TOKEN_FILE;
  return {
    ...settings,
    place: settings.KUMIKI_ACCOUNTS_FOLDER === undefined ? databasePlace(settings) : filesPlace(settings),
    token: readToken('KUMIKI_BACKEND_TOKEN_FILE', settings.KUMIKI_BACKEND_TOKEN_FILE),
    observedToken: observedFile === undefined ? '' : readToken('KUMIKI_OBSERVED_TOKEN_FILE', observedFile),
  };
}

function filesPlace(settings: Settings): AccountsPlace {
  const other = Object.keys(streamSettings).filter((name) => name in process.env && name !== 'KUMIKI_PEPPER_FILE');
  if (other.length > 0) throw new ConfigError([`${other.join(', ')}: not with KUMIKI_ACCOUNTS_FOLDER.`]);
  return {
    kind: 'files',
    folder: needed(settings, 'KUMIKI_ACCOUNTS_FOLDER'),
    keys: needed(settings, 'KUMIKI_KEYS_FILE'),
    sessions: needed(settings, 'KUMIKI_SESSIONS_FILE'),
    projectLimits: needed(settings, 'KUMIKI_PROJECT_LIMITS_FILE'),
  };
}

function databasePlace(settings: Settings): AccountsPlace {
  const pepper = decodePepper(readFileSync(needed(settings, 'KUMIKI_PEPPER_FILE')));
  if (pepper === null) throw new ConfigError(['KUMIKI_PEPPER_FILE: holds fewer than 16 bytes, or is damaged.']);
  const firstKeyFile = settings.KUMIKI_FIRST_KEY_FILE;
  return {
    kind: 'database',
    url: postgresUrlOf(settings),
    pepper,
    firstKey: firstKeyFile === undefined ? null : readToken('KUMIKI_FIRST_KEY_FILE', firstKeyFile),
    stream: {
      host: settings.KUMIKI_STREAM_HOST,
      port: settings.KUMIKI_STREAM_PORT,
      token: readToken('KUMIKI_STREAM_TOKEN_FILE', needed(settings, 'KUMIKI_STREAM_TOKEN_FILE')),
    },
  };
}

function needed(settings: Settings, name: keyof typeof fileSettings | keyof typeof streamSettings): string {
  const value = settings[name];
  if (typeof value === 'string') return value;
  throw new ConfigError([
    `${name}: is needed ${name in fileSettings ? 'with KUMIKI_ACCOUNTS_FOLDER' : 'with a database'}.`,
  ]);
}
