import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackendRoute, DataService, ModelService, RouteTable, Status } from '@kumiki/api';
import { type ChangeLog, createChangeLog, type Installation, replicaGauges, watchChanges } from '@kumiki/control';
import type { Log } from '@kumiki/service';
import { fullDiskError, writeFileAtomic } from '@kumiki/service/folder';
import type { HeldHome } from '../home/hold-home.ts';
import type { HomeFolder } from '../home/home-folder.ts';
import type { RotatingLog } from '../home/rotating-log.ts';
import { openServiceStore, type ServiceStore } from '../home/service-store.ts';
import { openOutside } from '../outside/open-outside.ts';
import { createFleet, type Fleet } from '../replicas/fleet.ts';
import { openLogReader } from '../replicas/log-reader.ts';
import { createRoutePublisher } from '../routes/route-publisher.ts';
import { modelAccessOf } from '../sources/model-access.ts';
import { describeHere, serviceOperations } from './service-operations.ts';
import { openServices, type Services } from './services.ts';

/** The shipped models, relative to this file and independent of the current folder. */
const shippedModels = fileURLToPath(new URL('../../../../models/demo/', import.meta.url));

export interface LocalRuntimeOptions {
  /** The state folder, which the runtime releases when it ends or fails to start. */
  readonly home: HeldHome;
  /** The file that runs a worker process. */
  readonly workerEntry: string;
  readonly workerLogLevel?: string;
  readonly version: string;
  readonly log: Log;
  /** Applied when the folder is new. */
  readonly firstServices: readonly ModelService[];
  /**
   * Addresses of the installation that are in no route, such as its database, so that manifests cannot make it connect
   * there.
   */
  readonly ownUrls?: readonly string[];
}

/** The URLs of the product, without `/v1`. */
export interface Address {
  /** For programs on this machine. */
  readonly local: string;
  /** For everyone else, in links and in the console. */
  readonly shown: string;
  /** Whether it was configured; otherwise it is the machine's own address. */
  readonly configured: boolean;
}

/** The runtime of one machine; on a cluster, Kubernetes and the operator have its role. */
export interface LocalRuntime extends Installation {
  readonly home: HomeFolder;
  readonly version: string;
  routes(): RouteTable;
  onRoutes(listener: (table: RouteTable) => void): void;
  /** The changes since the start, and who made them. */
  readonly changes: ChangeLog;
  /** The log of a service of this machine, which is read like those of replicas. */
  openLog(name: string): RotatingLog;
  setBackends(backends: readonly BackendRoute[]): void;
  /** Sets the state of the data services, for the status. */
  setDataServices(dataServices: readonly DataService[]): void;
  address(): Address;
  /** Sets the product's URLs and writes them to the state folder for programs on this machine. */
  setAddress(address: Address): void;
  /** Ends all replicas and releases the folder. */
  stop(limitMs: number): Promise<void>;
}

/** Starts the runtime on a state folder, with the services that ran there before. */
export async function startLocalRuntime(options: LocalRuntimeOptions): Promise<LocalRuntime> {
  try {
    return await startOn(options.home, options);
  } catch (error) {
    options.home.release();
    throw fullDiskError(error);
  }
}

async function startOn(home: HeldHome, options: LocalRuntimeOptions): Promise<LocalRuntime> {
  const nowUnix = (): number => Math.floor(Date.now() / 1_000);
  const startedAt = nowUnix();
  const store = openServiceStore(home.services);
  const stored = store.load();
  let address: Address = { local: '', shown: '', configured: false };
  const configured = (): string[] => [address.local, address.shown, ...(options.ownUrls ?? [])];
  const outside = openOutside(home, { configured, running: () => runningUrls(publisher.current()) });
  const publisher = createRoutePublisher(outside);
  const changes = createChangeLog(Date.now);
  const watch = watchChanges(changes);

  // Free memory, within a container's limits.
  const freeBytes = (): number => process.availableMemory();
  const fleet: Fleet = createFleet({
    ...workerSurroundings(home, options),
    targets: () => services.targets(),
    freeBytes,
    nowUnix,
    changed() {
      publisher.publish(services.targets(), fleet.replicas());
      watch.replicasMoved(fleet.replicas());
    },
  });
  const services: Services = await openServices(stored, {
    store,
    modelsFolder: shippedModels,
    mayRead: modelAccessOf(home),
    outside,
    nowUnix,
    freeBytes,
    replicas: fleet.replicas,
    changed: fleet.reconcile,
  });
  await begin(services, fleet, store, options.firstServices);
  outside.watch(services.targets, fleet.reconcile);

  const status = (): Status => ({
    ...about(options, home, startedAt),
    url: address.shown,
    services: services.all().map((service) => describeHere(service, fleet, outside)),
    data_services: [...watch.dataServices()],
  });

  return {
    home,
    version: options.version,
    routes: publisher.current,
    onRoutes: publisher.subscribe,
    changes,
    onChange: watch.listen,
    ...serviceOperations({ services, fleet, outside, changes }),
    status,
    gauges: () => replicaGauges(status().services, fleet.replicas()),
    logs: openLogReader(home.logs, fleet.logOf),
    openLog: fleet.openLog,
    setBackends: (backends) => publisher.setBackends(backends, services.targets(), fleet.replicas()),
    setDataServices: watch.setDataServices,
    address: () => address,
    setAddress(next) {
      address = next;
      writeFileAtomic(home.url, `${address.local}\n`);
      publisher.publish(services.targets(), fleet.replicas());
    },
    async stop(limitMs) {
      outside.close();
      await fleet.stop(limitMs);
      leave(home);
    },
  };
}

/** Removes the URL and releases the folder to other processes. */
function leave(home: HeldHome): void {
  for (const path of [home.url, home.signInLink]) rmSync(path, { force: true });
  home.release();
}

/** Starts the stored services, or the initial ones of a new installation. On failure nothing is left running. */
async function begin(
  services: Services,
  fleet: Fleet,
  store: ServiceStore,
  first: readonly ModelService[],
): Promise<void> {
  try {
    if (store.isNew && first.length > 0) await services.apply(first);
    else fleet.reconcile();
    store.endFirstStart();
  } catch (error) {
    await fleet.stop(0);
    throw error;
  }
}

function about({ version }: LocalRuntimeOptions, home: HomeFolder, startedAt: number) {
  return { object: 'kumiki.status', version, home: home.path, pid: process.pid, started_at: startedAt } as const;
}

/** Addresses of this machine's processes that the gateway routes to. */
function runningUrls({ models, backends }: RouteTable): string[] {
  const endpoints = models.flatMap((model) => model.endpoints.filter(({ egress }) => egress === 'internal'));
  return [...endpoints.map(({ url }) => url), ...backends.flatMap(({ urls }) => urls)];
}

function workerSurroundings(home: HomeFolder, { workerEntry, workerLogLevel, log }: LocalRuntimeOptions) {
  const cacheFolder = join(home.cache, 'node');
  return {
    worker: { entry: workerEntry, logLevel: workerLogLevel ?? 'info', cacheFolder },
    logsFolder: home.logs,
    log,
  };
}
