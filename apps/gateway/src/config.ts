import { readFileSync } from 'node:fs';
import { ConfigError, edgeSettings, readConfig } from '@kumiki/service';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.strictObject({
  KUMIKI_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_LISTEN_PORT: port.default(8_420),
  KUMIKI_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  KUMIKI_OPS_PORT: port.default(8_421),
  /** JSON of a RouteTable; read again whenever the file changes. */
  KUMIKI_ROUTES_FILE: z.string().min(1),
  /** JSON of KeyRecord[]; read again whenever the file changes. */
  KUMIKI_KEYS_FILE: z.string().min(1),
  /** JSON of SessionRecord[]; read again whenever the file changes. Without it nobody signs in with a browser. */
  KUMIKI_SESSIONS_FILE: z.string().min(1).optional(),
  /** JSON of ProjectLimitsRecord[]; read again whenever the file changes. Without it all projects have the defaults. */
  KUMIKI_PROJECT_LIMITS_FILE: z.string().min(1).optional(),
  /** How long one of these files may be invalid before `/readyz` fails. */
  KUMIKI_SNAPSHOT_GRACE_MS: z.coerce.number().int().min(0).max(86_400_000).default(60_000),
  /** Raw bytes, at least 16. */
  KUMIKI_PEPPER_FILE: z.string().min(1),
  KUMIKI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  KUMIKI_MAX_BODY_BYTES: z.coerce.number().int().min(1_024).max(1_073_741_824).default(33_554_432),
  ...edgeSettings,
  KUMIKI_DRAIN_MS: z.coerce.number().int().min(0).max(3_600_000).default(30_000),
});

/** The gateway's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readGatewayConfig() {
  const settings = readConfig(schema, process.env, 'KUMIKI_');
  const pepper = readFileSync(settings.KUMIKI_PEPPER_FILE);
  if (pepper.length < 16) throw new ConfigError(['KUMIKI_PEPPER_FILE: holds fewer than 16 bytes.']);
  return { ...settings, pepper };
}
