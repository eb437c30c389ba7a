import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';

const file = z.string().min(1);

/** Names and values with commas between, as in `search=http://search:8440,console=http://console:8460`. */
const pairs = z
  .string()
  .max(65_536)
  .transform((text) => text.split(',').filter((part) => part !== ''))
  .refine((list) => list.every((part) => /^[a-z]+=\S+$/.test(part)), 'must be like search=http://search:8440')
  .transform((list) => Object.fromEntries(list.map((part) => part.split(/=(.*)/s, 2) as [string, string])));

/** What this program takes from its environment. */
export const installerSettings = z.strictObject({
  KUMIKI_STEP: z
    .enum(['secrets', 'migrations'])
    .describe(
      '`secrets` makes the secrets of an installation that nobody has supplied; `migrations` brings its tables up to date.',
    ),
  KUMIKI_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severity of the lines that are logged.'),
  KUMIKI_KUBERNETES_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://kubernetes.default.svc')
    .describe('Origin of the API server.'),
  KUMIKI_KUBERNETES_FOLDER: file
    .default('/var/run/secrets/kubernetes.io/serviceaccount')
    .describe('Folder with `token`, `ca.crt` and `namespace`, as Kubernetes mounts it.'),
  KUMIKI_INSTALLATION_SECRET: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('Name of the Secret with keys and tokens.'),
  KUMIKI_ROUTES_SECRET: z.string().min(1).max(253).optional().describe("Name of the Secret with the gateway's routes."),
  KUMIKI_DATABASE_SECRET: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('Name of the Secret with the password and the URL of a bundled database; without it none is made.'),
  KUMIKI_DATABASE_HOST: z.string().min(1).max(253).optional().describe('Name of the machine of that database.'),
  KUMIKI_SERVICE_URLS: pairs
    .default({})
    .describe('Origins of the services behind the gateway: `name=url`, with commas between.'),
  KUMIKI_POSTGRES_URL_FILE: file.optional().describe('With `migrations`: file with the URL of the database.'),
  KUMIKI_MIGRATION_FOLDERS: pairs
    .default({})
    .describe('With `migrations`: folders of the migrations of services, `name=folder`, with commas between.'),
});

type Settings = z.infer<typeof installerSettings>;

export interface SecretsStep {
  readonly kind: 'secrets';
  readonly names: { readonly installation: string; readonly routes: string };
  readonly database: { readonly name: string; readonly host: string } | null;
  readonly serviceUrls: Readonly<Record<string, string>>;
  readonly kubernetes: {
    readonly url: string;
    readonly token: string;
    readonly authority: string;
    readonly namespace: string;
  };
}

export interface MigrationsStep {
  readonly kind: 'migrations';
  readonly postgresUrl: string;
  /** By service. */
  readonly folders: Readonly<Record<string, string>>;
}

/** Throws ConfigError. */
export function readInstallerConfig(): {
  readonly level: Settings['KUMIKI_LOG_LEVEL'];
  readonly step: SecretsStep | MigrationsStep;
} {
  const settings = readConfig(installerSettings, process.env, 'KUMIKI_');
  const step = settings.KUMIKI_STEP === 'secrets' ? secretsStep(settings) : migrationsStep(settings);
  return { level: settings.KUMIKI_LOG_LEVEL, step };
}

function migrationsStep(settings: Settings): MigrationsStep {
  const path = needed(settings, 'KUMIKI_POSTGRES_URL_FILE');
  return {
    kind: 'migrations',
    postgresUrl: readToken('KUMIKI_POSTGRES_URL_FILE', path),
    folders: settings.KUMIKI_MIGRATION_FOLDERS,
  };
}

function secretsStep(settings: Settings): SecretsStep {
  const { KUMIKI_KUBERNETES_FOLDER: folder, KUMIKI_DATABASE_SECRET: database } = settings;
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  return {
    kind: 'secrets',
    names: {
      installation: needed(settings, 'KUMIKI_INSTALLATION_SECRET'),
      routes: needed(settings, 'KUMIKI_ROUTES_SECRET'),
    },
    database: database === undefined ? null : { name: database, host: needed(settings, 'KUMIKI_DATABASE_HOST') },
    serviceUrls: settings.KUMIKI_SERVICE_URLS,
    kubernetes: {
      url: settings.KUMIKI_KUBERNETES_URL,
      token: read('token'),
      authority: read('ca.crt'),
      namespace: read('namespace'),
    },
  };
}

function needed(
  settings: Settings,
  name: 'KUMIKI_INSTALLATION_SECRET' | 'KUMIKI_ROUTES_SECRET' | 'KUMIKI_DATABASE_HOST' | 'KUMIKI_POSTGRES_URL_FILE',
): string {
  const value = settings[name];
  if (value === undefined) throw new ConfigError([`${name}: is missing.`]);
  return value;
}
