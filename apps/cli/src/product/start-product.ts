import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AdminKey, accountsFolder, callersOf, publishSnapshots } from '@kumiki/accounts';
import { servicePaths, type BackendRoute, type ModelService } from '@kumiki/api';
import { openGateways } from '@kumiki/control';
import { type HeldHome, holdHome, type LocalRuntime, startControl, startLocalRuntime } from '@kumiki/local';
import { createLog, type EdgeOptions, type Log } from '@kumiki/service';
import { writeFileAtomic } from '@kumiki/service/folder';
import { createSnapshotWriter } from '@kumiki/service/snapshot';
import { workerEntry } from '@kumiki/worker/entry';
import { readVersion } from '../host/version.ts';
import { boundLog } from './bound-log.ts';
import { type Addresses, chooseAddresses, type MachineAddress } from './choose-addresses.ts';
import { type OpenedAccounts, openHeldAccounts, serveAccounts } from './serve-accounts.ts';
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
  /** A new link that signs a browser in as the administrator of this machine, once. */
  signInUrl(): string;
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
  const log = createLog({ service: 'local', to: logFile });
  const opened = openHeldAccounts(home);
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
    return await startServices(runtime, home, opened, options, log);
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
  { accounts, reports }: OpenedAccounts,
  options: ProductOptions,
  log: Log,
): Promise<Product> {
  await using opened = new AsyncDisposableStack();
  const adminKey = await accounts.keys.adminKey();
  const addressesAt = (port: number): Addresses => chooseAddresses({ ...options, port }, machineAddresses());
  const services = createServices({
    ...options,
    home,
    pepperFile: accountsFolder(home.path).pepper,
    gatewayUrl: (port) => addressesAt(port).local,
    serviceKey: (name) => accounts.keys.serviceKey(name, servicePaths[name]),
    openLog: runtime.openLog,
    log,
    onChange: () => publish(),
  });
  opened.defer(() => services.stop());
  let own: readonly BackendRoute[] = [];
  const publish = (): void => {
    runtime.setBackends([...own, ...services.backends()]);
    runtime.setDataServices(services.states());
  };
  publish();
  const snapshots = snapshotPaths(home.snapshots);
  publishSnapshots(accounts, snapshots, log);
  writeFileAtomic(snapshots.routes, JSON.stringify(runtime.routes()));
  runtime.onRoutes(createSnapshotWriter(snapshots.routes, log, { atOnce: true }));
  const listening = services.start();
  // A failure is reported where the port is awaited.
  listening.catch(() => {});
  const gateways = openGateways(services.gateways);
  const control = await startControl(runtime, gateways, callersOf(accounts), log);
  opened.defer(() => control.close());
  const pages = await openConsole(log);
  opened.defer(() => pages.close());
  const port = await listening;
  const addresses = addressesAt(port);
  const served = await serveAccounts(accounts, runtime, gateways, addresses, log);
  opened.defer(() => served.close());
  own = [...control.backends, ...served.backends, pages.backend];
  publish();
  runtime.setAddress(addresses);
  opened.move();
  return {
    runtime,
    port,
    addresses,
    adminKey,
    reports,
    signInUrl: () => accounts.signInLinks.make({ keyId: adminKey.id, sessionId: null }, addresses.shown).url,
    async stop() {
      // Streams of clients end first, while what they need still runs. What services ask for in the background is not
      // waited for, since there may always be more of it: it is let go afterwards.
      const drained = services.endClients();
      const ending = setInterval(control.endFollowing, endFollowingMs);
      await drained;
      clearInterval(ending);
      await services.stop();
      await Promise.all([control.close(), served.close(), pages.close()]);
      await runtime.stop(workerStopMs);
    },
  };
}

/** What this process itself says. */
function logFileOf({ logs }: HeldHome): string {
  return join(logs, 'up.log');
}

/** The pages of the console: all that is not under `/v1`, for everybody, since they hold nothing of anybody. */
async function openConsole(log: Log): Promise<{ backend: BackendRoute; close(): Promise<void> }> {
  const { startConsole } = await import('@kumiki/console');
  const token = randomBytes(32).toString('base64url');
  const { port, close } = await startConsole({ host: '127.0.0.1', port: 0, token, log });
  const urls = [`http://127.0.0.1:${port}`];
  const backend: BackendRoute = {
    service: 'console',
    prefix: '/',
    methods: ['GET', 'HEAD'],
    urls,
    authorization: `Bearer ${token}`,
    role: null,
  };
  return { backend, close };
}

/** Where a PostgreSQL server listens, as a URL of which the host and the port count. */
function databasePlace(postgresUrl: string): string {
  const url = URL.parse(postgresUrl);
  return `http://${url?.hostname ?? 'localhost'}:${url?.port || defaultPostgresPort}`;
}

function machineAddresses(): MachineAddress[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
}
