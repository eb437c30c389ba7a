import { makeApiKey, type RouteTable } from '@kumiki/api';
import { serviceRoutes } from '@kumiki/policy';
import { encodePepper } from '@kumiki/seal';

/** The content of a Secret: bytes by name. */
export type SecretData = Readonly<Record<string, Buffer>>;

type RandomBytes = (count: number) => Buffer;

const tokenBytes = 32;
const pepperBytes = 32;

/** Names of the entries of the installation's Secret. A pod mounts those that it needs. */
export const entries = {
  pepper: 'pepper',
  backendToken: 'backend-token',
  streamToken: 'stream-token',
  firstKey: 'first-key',
  conversationsKey: 'conversations-key',
  searchKey: 'search-key',
} as const;

/** The entries that the Secret of the installation lacks. Entries that are there stay as they are. */
export function planInstallation(present: SecretData, randomBytes: RandomBytes): SecretData {
  const token = (): Buffer => Buffer.from(randomBytes(tokenBytes).toString('base64url'));
  const key = (): Buffer => Buffer.from(makeApiKey(randomBytes));
  const makers: Readonly<Record<string, () => Buffer>> = {
    [entries.pepper]: () => encodePepper(randomBytes(pepperBytes)),
    [entries.backendToken]: token,
    [entries.streamToken]: token,
    [entries.firstKey]: key,
    [entries.conversationsKey]: key,
    [entries.searchKey]: key,
  };
  return make(present, makers);
}

/** What the Secret of a bundled database lacks. The URL is made of the password, so that both always belong together. */
export function planDatabase(present: SecretData, host: string, randomBytes: RandomBytes): SecretData {
  const password = present['password'] ?? Buffer.from(randomBytes(tokenBytes).toString('base64url'));
  const url = Buffer.from(`postgres://kumiki:${encodeURIComponent(password.toString())}@${host}:5432/kumiki`);
  return {
    ...(present['password'] === undefined ? { password } : {}),
    ...(present['url']?.equals(url) === true ? {} : { url }),
  };
}

/** What the Secret of the gateway's routes lacks, or holds of another version. */
export function planRoutes(
  present: SecretData,
  serviceUrls: Readonly<Record<string, string>>,
  backendToken: Buffer,
): SecretData {
  const token = backendToken.toString();
  const owners = (['accounts', 'console', 'conversations', 'search'] as const).filter((name) => name in serviceUrls);
  const table: RouteTable = {
    models: [],
    backends: owners.flatMap((name) => serviceRoutes(name, { urls: [serviceUrls[name] ?? ''], token })),
  };
  const routes = Buffer.from(JSON.stringify(table));
  return present['routes.json']?.equals(routes) === true ? {} : { 'routes.json': routes };
}

function make(present: SecretData, makers: Readonly<Record<string, () => Buffer>>): SecretData {
  const missing = Object.entries(makers).filter(([name]) => present[name] === undefined);
  return Object.fromEntries(missing.map(([name, maker]) => [name, maker()]));
}
