import { randomBytes } from 'node:crypto';
import { type Accounts, accountsFolder, openAccounts, startAccounts } from '@kumiki/accounts';
import { allPaths, type BackendRoute, prefixesOf } from '@kumiki/api';
import type { Gateways } from '@kumiki/control';
import type { HeldHome, LocalRuntime } from '@kumiki/local';
import type { Log } from '@kumiki/service';
import { fullDiskError } from '@kumiki/service/folder';
import type { Addresses } from './choose-addresses.ts';

export type OpenedAccounts = ReturnType<typeof openAccounts>;

/** Opens the accounts of a state folder, which is given free again where they cannot be used. */
export function openHeldAccounts(home: HeldHome): OpenedAccounts {
  try {
    return openAccounts(accountsFolder(home.path), () => Math.floor(Date.now() / 1_000));
  } catch (error) {
    home.release();
    throw fullDiskError(error);
  }
}

/** The service of accounts of one machine: its routes, and its end. */
export interface ServedAccounts {
  readonly backends: readonly BackendRoute[];
  close(): Promise<void>;
}

/** Starts the service of accounts, which answers behind the gateway. */
export async function serveAccounts(
  accounts: Accounts,
  runtime: LocalRuntime,
  { sessionsLastUsed }: Gateways,
  addresses: Addresses,
  log: Log,
): Promise<ServedAccounts> {
  const token = randomBytes(32).toString('base64url');
  const { version, changes } = runtime;
  const { port, close } = await startAccounts({
    accounts,
    surroundings: {
      version,
      address: () => addresses,
      sessionsLastUsed,
      tell: changes.add,
    },
    host: '127.0.0.1',
    port: 0,
    token,
    log,
  });
  const at = { urls: [`http://127.0.0.1:${port}`], authorization: `Bearer ${token}` };
  return { backends: prefixesOf('accounts').map((prefix) => ({ ...at, ...prefix, ...methodsOf(prefix) })), close };
}

/** What nobody needs a key for is open for the methods of its rows alone. */
function methodsOf({ prefix, role }: ReturnType<typeof prefixesOf>[number]): Pick<BackendRoute, 'methods'> {
  if (role !== null) return {};
  const rows = allPaths.filter((row) => row.role === null && row.pattern === prefix);
  return { methods: rows.map(({ method }) => method) };
}
