import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ApplyResult,
  type BackendRoute,
  type DataService,
  didYouMean,
  KumikiError,
  type ModelService,
  type RouteTable,
  type ServiceStatus,
  type Status,
} from '@kumiki/api';
import { describeService, type ObservedReplica, type ServedService, withReplicas, withRestart } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import { writeFileAtomic } from '@kumiki/service/folder';
import { createChangeLog, type ChangeLog } from './changes/change-log.ts';
import { watchChanges } from './changes/watch-changes.ts';
import { createFleet, type Fleet } from './fleet.ts';
import type { HeldHome } from './home/hold-home.ts';
import type { HomeFolder } from './home/home-folder.ts';
import type { RotatingLog } from './home/rotating-log.ts';
import { openServiceStore, type ServiceStore } from './home/service-store.ts';
import { fullDiskError } from './home/storage-error.ts';
import { type Identities, openIdentities } from './keys/open-identities.ts';
import { openOutside } from './outside/open-outside.ts';
import type { OutsideAccess } from './outside/outside-access.ts';
import { createRoutePublisher } from './routes/route-publisher.ts';
import { noSuchService, openServices, type Services } from './services.ts';
import { modelAccessOf } from './sources/model-access.ts';

/** The models that are shipped, found from where this file lies: the current folder means nothing. */
const shippedModels = fileURLToPath(new URL('../../../models/demo/', import.meta.url));

export interface LocalRuntimeOptions {
  /** The state folder, which the runtime gives free when it ends or does not start. */
  readonly home: HeldHome;
  /** The file that runs a worker process. */
  readonly workerEntry: string;
  readonly workerLogLevel?: string;
  readonly version: string;
  readonly log: Log;
  /** Applied when the folder is new. */
  readonly firstServices: readonly ModelService[];
  /** Where the installation listens besides what it routes to, such as its database: nobody may make it send there. */
  readonly ownUrls?: readonly string[];
}

/** Where the product is reached, without `/v1`. */
export interface Address {
  /** By programs on this machine. */
  readonly local: string;
  /** By everybody else, as links and the console tell it. */
  readonly shown: string;
  /** Whether somebody said so, or it is what the machine knows of itself. */
  readonly configured: boolean;
}

/** What Kubernetes and the operator do on a cluster, on one machine. */
export interface LocalRuntime extends Identities {
  readonly home: HomeFolder;
  readonly version: string;
  /** Sentences about state that could not be used, and is no loss. */
  readonly reports: readonly string[];
  routes(): RouteTable;
  onRoutes(listener: (table: RouteTable) => void): void;
  /** What changed since the start, and who did it. */
  readonly changes: ChangeLog;
  /** The replicas of this machine, as they were last seen. */
  observed(): readonly ObservedReplica[];
  /** Called after every change of any replica. */
  onChange(listener: () => void): void;
  status(): Status;
  service(name: string): ServiceStatus;
  apply(manifests: readonly ModelService[]): Promise<ApplyResult['data']>;
  scale(name: string, replicas: number): Promise<ServiceStatus>;
  /** Replaces every replica of a service, as a rollout does. */
  restart(name: string): Promise<ServiceStatus>;
  remove(name: string): Promise<void>;
  /** The log of a replica, also of one that is gone; null when there is none. */
  replicaLog(id: string): { readonly path: string; readonly live: RotatingLog | undefined } | null;
  setBackends(backends: readonly BackendRoute[]): void;
  /** How the services with data of their own are, for the status. */
  setDataServices(dataServices: readonly DataService[]): void;
  address(): Address;
  /** Tells where the product is reached; programs on this machine read it in the state folder. */
  setAddress(address: Address): void;
  /** Ends all replicas and gives the folder free. */
  stop(limitMs: number): Promise<void>;
}

/** Starts the runtime on a state folder: restores what ran there and starts it. */
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
  const { identities, reports } = openIdentities(home, nowUnix);
  const store = openServiceStore(home.services);
  const stored = store.load();
  let address: Address = { local: '', shown: '', configured: false };
  const told = (): string[] => [address.local, address.shown, ...(options.ownUrls ?? [])];
  const outside = openOutside(home, { told, running: () => runningUrls(publisher.current()) });
  const publisher = createRoutePublisher(outside);
  const changes = createChangeLog(Date.now);
  const watch = watchChanges(changes);

  // Replicas are checked against the memory that is free now, within the limits of a container.
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

  return {
    home,
    ...identities,
    version: options.version,
    reports,
    routes: publisher.current,
    onRoutes: publisher.subscribe,
    changes,
    observed: fleet.replicas,
    onChange: watch.listen,
    ...serviceOperations(services, fleet, outside),
    status: () => ({
      ...about(options, home, startedAt),
      url: address.shown,
      services: services.all().map((service) => describe(service, fleet, outside)),
      data_services: [...watch.dataServices()],
    }),
    replicaLog: (id) => findLog(home, fleet, id),
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
      for (const path of [home.url, home.signInLink]) rmSync(path, { force: true });
      home.release();
    },
  };
}

/** Starts what was there, or what a new installation begins with; where that fails nothing is left running. */
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

/** Where processes of this machine listen that the gateway routes to. */
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

function describe(service: ServedService, fleet: Fleet, outside: OutsideAccess): ServiceStatus {
  return describeService(service, fleet.replicas(), outside, (replica) => replica);
}

type ServiceOperations = Pick<LocalRuntime, 'service' | 'apply' | 'scale' | 'restart' | 'remove'>;

/** What is done to services, one after the other: two at once could each pass a check that both together fail. */
function serviceOperations(services: Services, fleet: Fleet, outside: OutsideAccess): ServiceOperations {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(operation: () => Promise<Result>): Promise<Result> => {
    const result = last.then(operation);
    last = result.catch(() => undefined);
    return result;
  };
  const find = (name: string): ServedService => {
    const service = services.get(name);
    if (service !== undefined) return service;
    const known = services.all().map(({ manifest }) => manifest.metadata.name);
    throw noSuchService(name, known, didYouMean(name, known));
  };
  const change = (name: string, edit: (service: ServedService) => ModelService | KumikiError): Promise<ServiceStatus> =>
    inTurn(async () => {
      const edited = edit(find(name));
      if (edited instanceof KumikiError) throw edited;
      await services.apply([edited]);
      return describe(find(name), fleet, outside);
    });
  return {
    service: (name) => describe(find(name), fleet, outside),
    apply: (manifests) => inTurn(() => services.apply(manifests)),
    scale: (name, replicas) => change(name, (service) => withReplicas(service, replicas)),
    restart: (name) => change(name, ({ manifest }) => withRestart(manifest, new Date().toISOString())),
    remove: (name) =>
      inTurn(async () => {
        find(name);
        await services.remove(name);
      }),
  };
}

function findLog(home: HomeFolder, fleet: Fleet, id: string): ReturnType<LocalRuntime['replicaLog']> {
  // Ids are file names: nothing that could lead out of the folder.
  if (!/^[a-z0-9][a-z0-9.-]{0,254}$/.test(id)) return null;
  const path = join(home.logs, `${id}.log`);
  const live = fleet.logOf(id);
  return live !== undefined || existsSync(path) ? { path, live } : null;
}
