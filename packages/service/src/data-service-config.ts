import { z } from 'zod';
import { ConfigError } from './config.ts';
import { listenerSettings } from './listener-settings.ts';
import { readToken } from './token-file.ts';

/** Where a database is: one of the two. */
export const postgresSettings = {
  KUMIKI_POSTGRES_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .describe('PostgreSQL 15 or later, with pgvector where vectors are kept.'),
  KUMIKI_POSTGRES_URL_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('File with that URL, which may hold a password; one of the two must be set. Read once.'),
};

interface PostgresSettings {
  readonly KUMIKI_POSTGRES_URL?: string | undefined;
  readonly KUMIKI_POSTGRES_URL_FILE?: string | undefined;
}

/** The URL of the database. Throws ConfigError unless exactly one of the two is set. */
export function postgresUrlOf({ KUMIKI_POSTGRES_URL: url, KUMIKI_POSTGRES_URL_FILE: file }: PostgresSettings): string {
  if ((url === undefined) === (file === undefined)) {
    throw new ConfigError(['KUMIKI_POSTGRES_URL: either this or KUMIKI_POSTGRES_URL_FILE must be set, and not both.']);
  }
  return url ?? readToken('KUMIKI_POSTGRES_URL_FILE', file ?? '');
}

/**
 * The settings of every service with a database behind the gateway.
 * @param ownPort default port; the ops listener defaults to the next one.
 */
export function dataServiceSettings(ownPort: number) {
  return {
    ...listenerSettings(ownPort),
    ...postgresSettings,
    KUMIKI_GATEWAY_URL: z
      .url({ protocol: /^https?$/ })
      .describe('Origin of the gateway, through which models and other services are reached.'),
    KUMIKI_SERVICE_KEY_FILE: z.string().min(1).describe('An API key of the role `service`; read again at each use.'),
    KUMIKI_BACKEND_TOKEN_FILE: z
      .string()
      .min(1)
      .describe('File with the token by which the gateway proves itself; read once.'),
  };
}

/** The parsed settings, and the token from the file that one of them names. */
export type DataServiceConfig = z.infer<z.ZodObject<ReturnType<typeof dataServiceSettings>>> & {
  readonly token: string;
  readonly postgresUrl: string;
};

/** Adds the gateway's token and the URL of the database. Throws ConfigError. */
export function withToken<Settings extends PostgresSettings & { readonly KUMIKI_BACKEND_TOKEN_FILE: string }>(
  settings: Settings,
): Settings & { readonly token: string; readonly postgresUrl: string } {
  const token = readToken('KUMIKI_BACKEND_TOKEN_FILE', settings.KUMIKI_BACKEND_TOKEN_FILE);
  return { ...settings, token, postgresUrl: postgresUrlOf(settings) };
}
