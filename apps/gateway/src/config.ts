import { readFileSync } from 'node:fs';
import { decodePepper } from '@kumiki/seal';
import { ConfigError, edgeSettings, listenerSettings, readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';
import type { DiscoverySource } from './discovery/discovery-source.ts';
import type { SnapshotSources } from './open-snapshots.ts';

/** What this program takes from its environment. */
export const gatewaySettings = z.strictObject({
  ...listenerSettings(8_420),
  KUMIKI_ROUTES_FILE: z
    .string()
    .min(1)
    .describe('File with the JSON of a RouteTable; read again whenever the file changes.'),
  KUMIKI_KEYS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with the JSON of KeyRecord[]; read again whenever the file changes. Either this or KUMIKI_ACCOUNTS_STREAM_URL is needed.',
    ),
  KUMIKI_SESSIONS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with the JSON of SessionRecord[]; read again whenever the file changes. Without it nobody signs in with a browser.',
    ),
  KUMIKI_PROJECT_LIMITS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with the JSON of ProjectLimitsRecord[]; read again whenever the file changes. Without it all projects have the defaults.',
    ),
  KUMIKI_ACCOUNTS_STREAM_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Origin at which accounts tell of keys, sessions and limits of projects, in the place of those files.'),
  KUMIKI_ACCOUNTS_TOKEN_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('With that URL: file with the token for it; read again at each connection.'),
  KUMIKI_ACCOUNTS_KEPT_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'With that URL: where this gateway, and no other one, keeps what accounts told last. It starts with it when accounts are away.',
    ),
  KUMIKI_DISCOVERY: z
    .enum(['none', 'kubernetes'])
    .default('none')
    .describe(
      'With `kubernetes` models and their endpoints come from ModelServices and pods, beside what the routes file has.',
    ),
  KUMIKI_DISCOVERY_NAMESPACES: z
    .string()
    .max(4_096)
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .describe('With that: the namespaces that are watched, with commas between; all of them when empty.'),
  KUMIKI_DISCOVERY_KEPT_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'With that: where this gateway, and no other one, keeps the routes that it saw last. It starts with them when the API server is away.',
    ),
  KUMIKI_ZONE: z
    .string()
    .max(63)
    .default('')
    .describe('The zone that this gateway runs in: replicas there are preferred. Without one all replicas are alike.'),
  KUMIKI_SNAPSHOT_GRACE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(60_000)
    .describe('How long one of these files, or what accounts send, may be invalid before `/readyz` fails.'),
  KUMIKI_DRAIN_FOR: z
    .enum(['all', 'clients'])
    .default('all')
    .describe(
      'Whose requests are waited for after SIGTERM. With `clients`, what services of the installation ask in the background is not: there is always more of it, and where no other gateway takes over, they end next.',
    ),
  KUMIKI_PEPPER_FILE: z
    .string()
    .min(1)
    .describe(
      'File with the secret that hashes of keys are made with: raw bytes, at least 16, or a file that Kumiki wrote.',
    ),
  KUMIKI_MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .min(1_024)
    .max(1_073_741_824)
    .default(33_554_432)
    .describe('Largest body of a request, where its route allows no less.'),
  KUMIKI_OBSERVED_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address of the listener that tells the control API of requests and load.'),
  KUMIKI_OBSERVED_PORT: z.coerce.number().int().min(0).max(65_535).default(8_422).describe('Port of that listener.'),
  KUMIKI_OBSERVED_TOKEN_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with the token that the control API proves itself with there. Without it there is no such listener.',
    ),
  KUMIKI_TLS_CERT_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with a certificate and its chain, PEM: with it the gateway also listens for TLS. Read again whenever it changes, as is the key.',
    ),
  KUMIKI_TLS_KEY_FILE: z.string().min(1).optional().describe('File with the private key of that certificate, PEM.'),
  KUMIKI_TLS_HOST: z.string().min(1).default('127.0.0.1').describe('Address of the listener for TLS.'),
  KUMIKI_TLS_PORT: z.coerce.number().int().min(0).max(65_535).default(8_443).describe('Port of that listener.'),
  ...edgeSettings,
});

/** The gateway's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readGatewayConfig() {
  const settings = readConfig(gatewaySettings, process.env, 'KUMIKI_');
  const pepper = decodePepper(readFileSync(settings.KUMIKI_PEPPER_FILE));
  if (pepper === null) throw new ConfigError(['KUMIKI_PEPPER_FILE: holds fewer than 16 bytes, or is damaged.']);
  const tokenFile = settings.KUMIKI_OBSERVED_TOKEN_FILE;
  const observed =
    tokenFile === undefined
      ? {}
      : {
          observed: {
            host: settings.KUMIKI_OBSERVED_HOST,
            port: settings.KUMIKI_OBSERVED_PORT,
            token: readToken('KUMIKI_OBSERVED_TOKEN_FILE', tokenFile),
          },
        };
  return {
    ...settings,
    pepper,
    observed,
    sources: readSources(settings),
    discovery: readDiscovery(settings),
    tls: readTls(settings),
  };
}

/** Where a gateway has its snapshots from: routes from a file, the others from files or from accounts. */
function readSources(settings: z.infer<typeof gatewaySettings>): SnapshotSources {
  const {
    KUMIKI_ROUTES_FILE: routes,
    KUMIKI_KEYS_FILE: keys,
    KUMIKI_SESSIONS_FILE: sessions,
    KUMIKI_PROJECT_LIMITS_FILE: projectLimits,
    KUMIKI_ACCOUNTS_STREAM_URL: url,
    KUMIKI_ACCOUNTS_TOKEN_FILE: tokenFile,
    KUMIKI_ACCOUNTS_KEPT_FILE: keptFile,
  } = settings;
  const isFiles = keys !== undefined;
  if (isFiles === (url !== undefined)) {
    throw new ConfigError(['KUMIKI_KEYS_FILE: either this or KUMIKI_ACCOUNTS_STREAM_URL must be set, and not both.']);
  }
  if (isFiles) return { kind: 'files', routes, keys, sessions, projectLimits };
  if (sessions !== undefined || projectLimits !== undefined) {
    throw new ConfigError(['KUMIKI_SESSIONS_FILE, KUMIKI_PROJECT_LIMITS_FILE: not with KUMIKI_ACCOUNTS_STREAM_URL.']);
  }
  if (url === undefined || tokenFile === undefined || keptFile === undefined) {
    throw new ConfigError([
      'KUMIKI_ACCOUNTS_STREAM_URL: needs KUMIKI_ACCOUNTS_TOKEN_FILE and KUMIKI_ACCOUNTS_KEPT_FILE besides.',
    ]);
  }
  const token = (): string => readToken('KUMIKI_ACCOUNTS_TOKEN_FILE', tokenFile);
  token();
  return { kind: 'stream', routes, accounts: { url, token, keptFile } };
}

/** How the gateway sees its cluster; null where it does not. */
function readDiscovery(settings: z.infer<typeof gatewaySettings>): DiscoverySource | null {
  if (settings.KUMIKI_DISCOVERY === 'none') return null;
  const { KUMIKI_DISCOVERY_KEPT_FILE: keptFile, KUMIKI_DISCOVERY_NAMESPACES: namespaces } = settings;
  if (keptFile === undefined) throw new ConfigError(['KUMIKI_DISCOVERY: needs KUMIKI_DISCOVERY_KEPT_FILE besides.']);
  return { namespaces, keptFile, environment: { ...process.env } };
}

/** Where the gateway listens for TLS, and with which files; null where it does not. */
function readTls(settings: z.infer<typeof gatewaySettings>) {
  const { KUMIKI_TLS_CERT_FILE: cert, KUMIKI_TLS_KEY_FILE: key } = settings;
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined)
    throw new ConfigError(['KUMIKI_TLS_CERT_FILE and KUMIKI_TLS_KEY_FILE: set both or neither.']);
  return { paths: { cert, key }, host: settings.KUMIKI_TLS_HOST, port: settings.KUMIKI_TLS_PORT };
}
