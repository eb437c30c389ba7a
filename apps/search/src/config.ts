import { readFileSync } from 'node:fs';
import { modelNameSchema } from '@kumiki/api';
import { ConfigError, readConfig } from '@kumiki/service';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.strictObject({
  KUMIKI_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_LISTEN_PORT: port.default(8_440),
  KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_OPS_PORT: port.default(8_441),
  /** PostgreSQL 15 or later, with pgvector. */
  KUMIKI_POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  /** Origin of the gateway, through which models are reached. */
  KUMIKI_GATEWAY_URL: z.url({ protocol: /^https?$/ }),
  /** An API key of the role `service`; read again at each use. */
  KUMIKI_SERVICE_KEY_FILE: z.string().min(1),
  /** What the gateway proves itself with. */
  KUMIKI_BACKEND_TOKEN_FILE: z.string().min(1),
  /** For stores that name no embedding model; the first of `/v1/models` when absent. */
  KUMIKI_EMBEDDING_MODEL: modelNameSchema.optional(),
  /** Files that this replica ingests at once. */
  KUMIKI_INGEST_CONCURRENCY: z.coerce.number().int().min(0).max(64).default(2),
  /** After how long without a sign of life another replica takes over what this one ingests. */
  KUMIKI_INGEST_LEASE_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(30_000),
  KUMIKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  KUMIKI_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(30_000),
});

/** The service's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readSearchConfig() {
  const settings = readConfig(schema, process.env, 'KUMIKI_');
  const token = readFileSync(settings.KUMIKI_BACKEND_TOKEN_FILE, 'utf8').trim();
  if (token.length < 16) throw new ConfigError(['KUMIKI_BACKEND_TOKEN_FILE: holds fewer than 16 characters.']);
  return { ...settings, token };
}
