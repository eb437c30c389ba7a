import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AdminKey } from '@kumiki/accounts';
import type { BackendRoute, ModelService } from '@kumiki/api';
import { openGateways } from '@kumiki/control';
import { type HeldHome, holdHome, type LocalRuntime, startControl, startLocalRuntime } from '@kumiki/local';
import { createLog, type EdgeOptions, type Log } from '@kumiki/service';
import { writeFileAtomic } from '@kumiki/service/folder';
import { createSnapshotWriter } from '@kumiki/service/snapshot';
import { workerEntry } from '@kumiki/worker/entry';
import { readVersion } from '../host/version.ts';
import { askSignInLink } from './ask-sign-in-link.ts';
import { boundCompileCache, ownCompileCache } from './bound-compile-cache.ts';
import { boundLog } from './bound-log.ts';
import { callersOfSnapshots } from './callers-of-snapshots.ts';
import { type Addresses, chooseAddresses, type MachineAddress } from './choose-addresses.ts';
import { type PreparedAccounts, prepareAccounts } from './prepare-accounts.ts';
import { snapshotPaths } from './snapshot-paths.ts';
import { createServices } from './start-services.ts';

export interface ProductOptions {
  readonly home: string;
  readonly host: string;
  readonly port: number;
  /** Origin that browsers reach it by, where somebody says so. */
  readonly publicUrl: string | null;
  /** Applied when the state folder is new. */
  readonly firstServices: readonly ModelService[];
  /** Applied in any case. */
  readonly services: readonly ModelService[];
  /** A PostgreSQL server; null takes the embedded database in the state folder. */
  readonly postgresUrl: string | null;
  readonly edge: EdgeOptions;
}

export interface Product {
  readonly runtime: LocalRuntime;
  readonly port: number;
  readonly addresses: Addresses;
  readonly adminKey: AdminKey;
  /** Sentences about state that could not be used, and is no loss. */
  readonly reports: readonly string[];
  /** A new link that signs a browser in as the administrator of this machine, once; null while none is available. */
  signInUrl(): Promise<string | null>;
  /** Lets answers end, then stops everything. */
  stop(): Promise<void>;
}

/** Workers that are idle end within milliseconds; the rest is killed after this. */
const workerStopMs = 5_000;

const defaultPostgresPort = 5_432;

/** Between two looks for replies that would go on for ever while the gateway ends what clients wait for. */
const endFollowingMs = 100;

/**
 * Starts the whole product: processes of services, and workers. Workers come first: they need the longest, and
 * everything else is loaded while they start.
 */
export async function startProduct(options: ProductOptions): Promise<Product> {
  // Before anything in the folder is read or written, the log included: it may be another process's.
  const home = await holdHome(options.home);
  const logFile = logFileOf(home);
  boundLog(logFile);
  for (const folder of [join(home.cache, 'node'), ownCompileCache()]) if (folder !== null) boundCompileCache(folder);
  const log = createLog({ service: 'local', to: logFile });
  const prepared = await prepareAccounts(home);
  const runtime = await startLocalRuntime({
    home,
    workerEntry: fileURLToPath(workerEntry),
    version: readVersion(),
    log,
    firstServices: options.firstServices,
    ownUrls: options.postgresUrl === null ? [] : [databasePlace(options.postgresUrl)],
  });
  try {
    if (options.services.length > 0) await runtime.apply(options.services, null);
    return await startServices(runtime, home, prepared, options, log);
  } catch (error) {
    await runtime.stop(0);
    throw error;
  }
}

/**
 * Starts the services around a runtime whose workers are starting. If one of them fails to start, the earlier ones are
 * closed.
 */
async function startServices(
  runtime: LocalRuntime,
  home: HeldHome,
  { adminKey, serviceKeys, reports }: PreparedAccounts,
  options: ProductOptions,
  log: Log,
): Promise<Product> {
  await using opened = new AsyncDisposableStack();
  const addressesAt = (port: number): Addresses => chooseAddresses({ ...options, port }, machineAddresses());
  const services = createServices({
    ...options,
    home,
    serviceKeys,
    addressesAt,
    openLog: runtime.openLog,
    log,
    onChange: () => publish(),
    tell: runtime.changes.add,
  });
  opened.defer(() => services.stop());
  let own: readonly BackendRoute[] = [];
  const publish = (): void => {
    runtime.setBackends([...own, ...services.backends()]);
    runtime.setDataServices(services.states());
  };
  publish();
  const snapshots = snapshotPaths(home.snapshots);
  writeFileAtomic(snapshots.routes, JSON.stringify(runtime.routes()));
  const writeRoutes = createSnapshotWriter(snapshots.routes, log, { atOnce: true });
  runtime.onRoutes((table) => void writeRoutes(table));
  const listening = services.start();
  // A failure is reported where the port is awaited.
  listening.catch(() => {});
  const gateways = openGateways(services.gateways);
  const callers = callersOfSnapshots(snapshots, log);
  opened.defer(() => callers.close());
  const control = await startControl(runtime, gateways, callers, log);
  opened.defer(() => control.close());
  const port = await listening;
  const addresses = addressesAt(port);
  own = control.backends;
  publish();
  runtime.setAddress(addresses);
  opened.move();
  return {
    runtime,
    port,
    addresses,
    adminKey,
    reports,
    signInUrl: () => askSignInLink(addresses.local, adminKey.key),
    async stop() {
      // Streams of clients end first, while what they need still runs. What services ask for in the background is not
      // waited for, since there may always be more of it: it is let go afterwards.
      const drained = services.endClients();
      const ending = setInterval(control.endFollowing, endFollowingMs);
      await drained;
      clearInterval(ending);
      await services.stop();
      await control.close();
      callers.close();
      await runtime.stop(workerStopMs);
    },
  };
}

/** What this process itself says. */
function logFileOf({ logs }: HeldHome): string {
  return join(logs, 'up.log');
}

/** Where a PostgreSQL server listens, as a URL of which the host and the port count. */
function databasePlace(postgresUrl: string): string {
  const url = URL.parse(postgresUrl);
  return `http://${url?.hostname ?? 'localhost'}:${url?.port || defaultPostgresPort}`;
}

function machineAddresses(): MachineAddress[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
}
