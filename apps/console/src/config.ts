import { readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.strictObject({
  KUMIKI_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_LISTEN_PORT: port.default(8_460),
  KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_OPS_PORT: port.default(8_461),
  /** What the gateway proves itself with. */
  KUMIKI_BACKEND_TOKEN_FILE: z.string().min(1),
  /** A folder with a built console; the one of this installation when absent. */
  KUMIKI_CONSOLE_FOLDER: z.string().min(1).optional(),
  KUMIKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  KUMIKI_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(30_000),
});

/** The service's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readConsoleConfig() {
  const settings = readConfig(schema, process.env, 'KUMIKI_');
  return { ...settings, token: readToken('KUMIKI_BACKEND_TOKEN_FILE', settings.KUMIKI_BACKEND_TOKEN_FILE) };
}
