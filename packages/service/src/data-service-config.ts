import { z } from 'zod';
import { readToken } from './token-file.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/**
 * The settings of every service with a database behind the gateway.
 * @param ownPort where it listens unless told; its ops listener takes the next one.
 */
export function dataServiceSettings(ownPort: number) {
  return {
    KUMIKI_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
    KUMIKI_LISTEN_PORT: port.default(ownPort),
    KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1'),
    KUMIKI_OPS_PORT: port.default(ownPort + 1),
    /** PostgreSQL 15 or later, with pgvector where vectors are kept. */
    KUMIKI_POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
    /** Origin of the gateway, through which models and other services are reached. */
    KUMIKI_GATEWAY_URL: z.url({ protocol: /^https?$/ }),
    /** An API key of the role `service`; read again at each use. */
    KUMIKI_SERVICE_KEY_FILE: z.string().min(1),
    /** What the gateway proves itself with. */
    KUMIKI_BACKEND_TOKEN_FILE: z.string().min(1),
    KUMIKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    KUMIKI_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(30_000),
  };
}

/** Those settings once they are read, and the token that one of them leads to. */
export type DataServiceConfig = z.infer<z.ZodObject<ReturnType<typeof dataServiceSettings>>> & {
  readonly token: string;
};

/** Adds the token of the gateway. Throws ConfigError. */
export function withToken<Settings extends { readonly KUMIKI_BACKEND_TOKEN_FILE: string }>(
  settings: Settings,
): Settings & { readonly token: string } {
  return { ...settings, token: readToken('KUMIKI_BACKEND_TOKEN_FILE', settings.KUMIKI_BACKEND_TOKEN_FILE) };
}
