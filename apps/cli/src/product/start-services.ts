import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { accountsFolder } from '@kumiki/accounts';
import type { BackendRoute, DataService } from '@kumiki/api';
import type { GatewayPlace, NewChange } from '@kumiki/control';
import { type HeldHome, type RotatingLog, type SupervisedService, superviseService } from '@kumiki/local';
import { serviceRoutes } from '@kumiki/policy';
import type { EdgeOptions, Log } from '@kumiki/service';
import { CliError } from '../host/cli-error.ts';
import type { Addresses } from './choose-addresses.ts';
import { describeService } from './describe-service.ts';
import { openRunFolder, type RunFolder } from './run-folder.ts';
import { type ServiceEntry, serviceList, type ServiceName, type ServicePlace } from './service-list.ts';
import { snapshotPaths } from './snapshot-paths.ts';

/** From SIGTERM to SIGKILL a service has its drain, once again, */
const drains = 2;
/** and this for the disk. */
const diskMs = 1_000;

/** In the folder of what services are started with: the keys of those that call others. */
const serviceKeysFolder = 'service-keys';

/** Between two looks at the memory that services take. */
const memoryLookMs = 5_000;

export interface ServicesOptions {
  readonly home: HeldHome;
  /** Where clients come in. */
  readonly host: string;
  readonly port: number;
  readonly edge: EdgeOptions;
  readonly publicUrl: string | null;
  /** Of each that calls others. */
  readonly serviceKeys: ReadonlyMap<string, string>;
  /** A PostgreSQL server; null takes the embedded database in the state folder. */
  readonly postgresUrl: string | null;
  /** Where the gateway is reached that listens on a port. */
  readonly addressesAt: (port: number) => Addresses;
  readonly openLog: (name: string) => RotatingLog;
  readonly log: Log;
  /** A service has another state, and with it other routes. */
  readonly onChange: () => void;
  /** A service reports a change that a caller made there. */
  readonly tell: (change: NewChange) => void;
}

export interface Services {
  /** Begins; nothing runs before. Resolves with the gateway's port when it listens, rejects when it cannot. */
  start(): Promise<number>;
  states(): DataService[];
  /** Routes to all of them; those that do not listen have no replica. */
  backends(): BackendRoute[];
  /** Where the gateway tells what it observes. */
  gateways(): readonly GatewayPlace[];
  /** Lets what clients wait for end, and takes nothing more from them. */
  endClients(): Promise<void>;
  /** Lets runs go, then ends the services and after them the database. */
  stop(): Promise<void>;
}

interface Started {
  readonly entry: ServiceEntry;
  readonly token: string;
  readonly service: SupervisedService;
}

/**
 * The services of one machine, each a process of its own, in the background: a database that opens takes seconds, and
 * one that does not open must not keep anybody from chatting. What became of each is in its state.
 */
export function createServices(options: ServicesOptions): Services {
  const { home, postgresUrl, onChange } = options;
  const run = openRunFolder(home.run);
  const observedToken = randomBytes(32).toString('base64url');
  const observedTokenFile = run.write('observed-token', observedToken);
  const postgresUrlFile = run.write('postgres-url', postgresUrl ?? socketUrl(run.sockets));
  for (const [name, key] of options.serviceKeys) run.write(join(serviceKeysFolder, name), key);
  const gatewayPort = Promise.withResolvers<number>();
  let port = options.port;
  let observedPort = 0;
  const place = (): ServicePlace => ({
    ...options,
    port,
    gatewayUrl: options.addressesAt(port).local,
    shownUrl: options.addressesAt(port).shown,
    observedPort,
    observedTokenFile,
    accountsFolder: home.path,
    pepperFile: accountsFolder(home.path).pepper,
    serviceKeysFolder: join(home.run, serviceKeysFolder),
    snapshots: snapshotPaths(home.snapshots),
    postgresUrlFile,
    embedded: postgresUrl === null ? { dataFolder: home.data, socketFolder: run.sockets } : null,
    objectsFolder: postgresUrl === null ? home.files : null,
  });
  const entries = serviceList.filter(({ name }) => name !== 'database' || postgresUrl === null);
  const services = entries.map((entry) => supervise(entry, place, run, { ...options, onChange: changed }));
  const byName = new Map(services.map((one) => [one.entry.name, one]));
  const gateway = byName.get('gateway');
  let isWanted = false;
  let watch: NodeJS.Timeout | undefined;

  /** Starts what waited for others, those that are not there in this product aside. */
  function startReady(): void {
    const isReady = (name: ServiceName): boolean => byName.get(name)?.service.record.readyAt !== null;
    for (const { entry, service } of services) if (entry.after.every(isReady)) service.start();
  }

  function changed(): void {
    const { ports, lastEnd } = gateway?.service.record ?? {};
    // Clients know it by its first port, and so it has that again after a restart.
    port = ports?.port ?? port;
    observedPort = ports?.controlPort ?? observedPort;
    if (ports !== null) gatewayPort.resolve(port);
    else if (lastEnd != null) gatewayPort.reject(new CliError(`The gateway does not start: ${lastEnd.reason}`));
    if (isWanted) startReady();
    onChange();
  }

  async function stopThose(ends: ServiceEntry['ends']): Promise<void> {
    isWanted = false;
    await Promise.all(services.filter(({ entry }) => entry.ends === ends).map(({ service }) => service.stop()));
  }

  return {
    start() {
      isWanted = true;
      // The process that serves it takes the folder's lock for itself.
      if (postgresUrl === null) home.releaseData();
      startReady();
      watch = setInterval(onChange, memoryLookMs);
      return gatewayPort.promise;
    },
    states: () => services.map(({ entry: { name }, service: { record } }) => describeService(name, record)),
    backends: () => services.flatMap(routesOf),
    gateways: () =>
      observedPort === 0 ? [] : [{ name: 'gateway', url: `http://127.0.0.1:${observedPort}`, token: observedToken }],
    endClients: () => stopThose('first'),
    async stop() {
      clearInterval(watch);
      for (const ends of ['first', 'then', 'last'] as const) await stopThose(ends);
      run.remove();
    },
  };
}

function supervise(entry: ServiceEntry, place: () => ServicePlace, run: RunFolder, options: ServicesOptions): Started {
  const { name, drainMs } = entry;
  const token = randomBytes(32).toString('base64url');
  const secrets = {
    tokenFile: run.write(`${name}-token`, token),
    serviceKeyFile: join(options.home.run, serviceKeysFolder, name),
  };
  const settings = () => ({
    ...entry.settings(place(), secrets),
    KUMIKI_OPS_HOST: '127.0.0.1',
    KUMIKI_OPS_PORT: '0',
    KUMIKI_DRAIN_MS: String(drainMs),
  });
  const service = superviseService({
    name,
    program: () => ({ entry: entry.entry, nodeFlags: entry.nodeFlags, settings: settings() }),
    cacheFolder: join(options.home.cache, 'node'),
    output: options.openLog(name),
    log: options.log,
    terminateMs: drains * drainMs + diskMs,
    changed: options.onChange,
    told: options.tell,
  });
  return { entry, token, service };
}

function socketUrl(folder: string): string {
  return `postgres://kumiki@${encodeURIComponent(folder)}/kumiki`;
}

/** Its paths, those of the table, answer "not ready" while it does not listen. */
function routesOf({ entry: { name }, token, service: { record } }: Started): BackendRoute[] {
  // The one that routes is no backend, and the database speaks no HTTP.
  if (name === 'gateway' || name === 'database') return [];
  const port = record.ports?.port ?? null;
  return serviceRoutes(name, { urls: port === null ? [] : [`http://127.0.0.1:${port}`], token });
}
