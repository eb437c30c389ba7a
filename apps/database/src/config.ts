import { readConfig } from '@kumiki/service';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.strictObject({
  /** Where the data lie. */
  KUMIKI_DATABASE_FOLDER: z.string().min(1),
  /** Where its socket is, in a folder that nobody else may enter: whoever connects may do everything. */
  KUMIKI_SOCKET_FOLDER: z.string().min(1),
  KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_OPS_PORT: port.default(8_451),
  KUMIKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  KUMIKI_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(5_000),
});

/** Its settings, read once at start. Throws ConfigError with every problem in one message. */
export function readDatabaseConfig() {
  return readConfig(schema, process.env, 'KUMIKI_');
}
