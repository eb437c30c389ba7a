import { readFileSync } from 'node:fs';
import { maxRetentionDays } from '@kumiki/api';
import { ConfigError, readConfig } from '@kumiki/service';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.strictObject({
  KUMIKI_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_LISTEN_PORT: port.default(8_430),
  KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_OPS_PORT: port.default(8_431),
  /** PostgreSQL 15 or later. */
  KUMIKI_POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  /** Origin of the gateway, through which models, files and vector stores are reached. */
  KUMIKI_GATEWAY_URL: z.url({ protocol: /^https?$/ }),
  /** An API key of the role `service`; read again at each use. */
  KUMIKI_SERVICE_KEY_FILE: z.string().min(1),
  /** What the gateway proves itself with. */
  KUMIKI_BACKEND_TOKEN_FILE: z.string().min(1),
  /** Names this replica; the name of the machine when absent. */
  KUMIKI_REPLICA: z.string().min(1).max(256).optional(),
  KUMIKI_RETENTION_DAYS: z.coerce.number().int().min(1).max(maxRetentionDays).default(30),
  KUMIKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  KUMIKI_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(30_000),
});

/** The service's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readConversationsConfig() {
  const settings = readConfig(schema, process.env, 'KUMIKI_');
  const token = readFileSync(settings.KUMIKI_BACKEND_TOKEN_FILE, 'utf8').trim();
  if (token.length < 16) throw new ConfigError(['KUMIKI_BACKEND_TOKEN_FILE: holds fewer than 16 characters.']);
  return { ...settings, token };
}
