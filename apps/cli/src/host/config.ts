import { defaultHome } from '@kumiki/local';
import { type EdgeOptions, edgeOptions, edgeSettings, readConfig } from '@kumiki/service';
import { z } from 'zod';
import { readOrigin } from './read-origin.ts';

/** The settings of this program. */
export const cliSettings = z.strictObject({
  KUMIKI_HOME: z.string().min(1).optional().describe('The state folder.'),
  KUMIKI_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('A product that runs elsewhere.'),
  KUMIKI_API_KEY: z.string().min(1).optional().describe('Key to that product. The list of processes does not show it.'),
  KUMIKI_PUBLIC_URL: z
    .string()
    .refine((text) => readOrigin(text) !== null, 'must be http:// or https://, a host, and nothing behind it')
    .optional()
    .describe('How browsers reach what `kumiki up` starts: the origin of the proxy in front of it.'),
  ...edgeSettings,
  KUMIKI_POSTGRES_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .describe('PostgreSQL 15 or later with pgvector, in the place of the embedded database.'),
});

export interface CliConfig {
  readonly home: string;
  readonly url: string | null;
  readonly apiKey: string | null;
  readonly publicUrl: string | null;
  readonly postgresUrl: string | null;
  readonly edge: EdgeOptions;
}

/** The CLI's settings from the environment; flags override them. Throws ConfigError. */
export function readCliConfig(): CliConfig {
  const settings = readConfig(cliSettings, process.env, 'KUMIKI_');
  return {
    home: settings.KUMIKI_HOME ?? defaultHome(),
    url: settings.KUMIKI_URL ?? null,
    apiKey: settings.KUMIKI_API_KEY ?? null,
    publicUrl: settings.KUMIKI_PUBLIC_URL === undefined ? null : readOrigin(settings.KUMIKI_PUBLIC_URL),
    postgresUrl: settings.KUMIKI_POSTGRES_URL ?? null,
    edge: edgeOptions(settings),
  };
}
