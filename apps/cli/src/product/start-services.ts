import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type BackendRoute, type DataService, type DataServiceCause, prefixesOf } from '@kumiki/api';
import {
  type HeldHome,
  residentBytes,
  type RotatingLog,
  type SupervisedService,
  superviseService,
} from '@kumiki/local';
import type { Log } from '@kumiki/service';
import { openRunFolder, type RunFolder } from './run-folder.ts';
import { drainMs, type ServiceEntry, serviceList, type ServicePlace } from './service-list.ts';

/** From SIGTERM to SIGKILL: its drain, and as much again for the disk. */
const terminateMs = 2 * drainMs + 1_000;

/** Between two looks at the memory that services take. */
const memoryLookMs = 5_000;

export interface ServicesOptions {
  readonly home: HeldHome;
  /** A PostgreSQL server; null takes the embedded database in the state folder. */
  readonly postgresUrl: string | null;
  /** Origin of the gateway, which the services call. */
  readonly gatewayUrl: string;
  /** A key of its own for each, which reaches what that service needs. */
  readonly serviceKey: (name: Exclude<ServiceEntry['name'], 'database'>) => string;
  readonly openLog: (name: string) => RotatingLog;
  readonly log: Log;
  /** A service has another state, and with it other routes. */
  readonly onChange: () => void;
}

export interface Services {
  /** Begins; nothing runs before. */
  start(): void;
  states(): DataService[];
  /** Routes to all of them; those that do not listen have no replica. */
  backends(): BackendRoute[];
  /** Lets runs go, then ends the services and after them the database. */
  stop(): Promise<void>;
}

interface Started {
  readonly entry: ServiceEntry;
  readonly token: string;
  readonly service: SupervisedService;
}

/**
 * The services besides the gateway, each a process of its own, in the background: a database that opens takes seconds, and
 * one that does not open must not keep anybody from chatting. What became of each is in its state.
 */
export function createServices(options: ServicesOptions): Services {
  const { home, postgresUrl, onChange } = options;
  const run = openRunFolder(home.run);
  const place: ServicePlace = {
    gatewayUrl: options.gatewayUrl,
    postgresUrlFile: run.write('postgres-url', postgresUrl ?? socketUrl(run.sockets)),
    embedded: postgresUrl === null ? { dataFolder: home.data, socketFolder: run.sockets } : null,
    objectsFolder: postgresUrl === null ? home.files : null,
  };
  const entries = serviceList.filter(({ name }) => name !== 'database' || postgresUrl === null);
  const services = entries.map((entry) => supervise(entry, place, run, { ...options, onChange: changed }));
  const [first, ...others] = services;
  let isWanted = false;
  let watch: NodeJS.Timeout | undefined;

  function changed(): void {
    // Without a database of our own all of them start at once.
    if (isWanted && first?.service.record.readyAt !== null) for (const { service } of others) service.start();
    onChange();
  }

  return {
    start() {
      isWanted = true;
      // The process that serves it takes the folder's lock for itself.
      if (postgresUrl === null) home.releaseData();
      for (const { service } of postgresUrl === null ? services.slice(0, 1) : services) service.start();
      watch = setInterval(onChange, memoryLookMs);
    },
    states: () => services.map(describe),
    backends: () => services.flatMap(routesOf),
    async stop() {
      isWanted = false;
      clearInterval(watch);
      await Promise.all(others.map(({ service }) => service.stop()));
      await first?.service.stop();
      run.remove();
    },
  };
}

function supervise(entry: ServiceEntry, place: ServicePlace, run: RunFolder, options: ServicesOptions): Started {
  const { name } = entry;
  const token = randomBytes(32).toString('base64url');
  const secrets =
    name === 'database'
      ? null
      : {
          tokenFile: run.write(`${name}-token`, token),
          serviceKeyFile: run.write(`${name}-key`, options.serviceKey(name)),
        };
  const settings = {
    ...entry.settings(place, secrets),
    KUMIKI_OPS_HOST: '127.0.0.1',
    KUMIKI_OPS_PORT: '0',
    KUMIKI_DRAIN_MS: String(drainMs),
  };
  const service = superviseService({
    name,
    program: () => ({ entry: entry.entry, nodeFlags: entry.nodeFlags, settings }),
    cacheFolder: join(options.home.cache, 'node'),
    output: options.openLog(name),
    log: options.log,
    terminateMs,
    changed: options.onChange,
  });
  return { entry, token, service };
}

function socketUrl(folder: string): string {
  return `postgres://kumiki@${encodeURIComponent(folder)}/kumiki`;
}

function describe({ entry: { name }, service: { record } }: Started): DataService {
  const pid = record.process?.pid ?? null;
  return {
    object: 'kumiki.data_service',
    name,
    ...stateOf(record),
    pid,
    restarts: record.restarts,
    rss_bytes: residentBytes(pid),
    started_at: record.startedAtUnix,
  };
}

function stateOf(record: SupervisedService['record']): Pick<DataService, 'state' | 'reason' | 'cause'> {
  if (record.readyAt !== null) return { state: 'ready', reason: '', cause: null };
  if (record.lastEnd === null) {
    const waits = record.startedAt === null;
    const reason = waits ? 'it waits for its database' : 'it starts';
    return { state: 'starting', reason, cause: 'waits_for_database' };
  }
  const cause: DataServiceCause = record.lackedOther ? 'database_unavailable' : 'broken';
  const { reason } = record.lastEnd;
  const sentence = `${reason}${reason.endsWith('.') ? '' : '.'}`;
  if (record.process !== null) return { state: 'starting', reason: `${sentence} It is being started again.`, cause };
  return { state: 'failed', reason: `${sentence} It is tried again.`, cause };
}

/** Its paths, those of the table, answer "not ready" while it does not listen. */
function routesOf({ entry: { name }, token, service: { record } }: Started): BackendRoute[] {
  if (name === 'database') return [];
  const port = record.ports?.port ?? null;
  return prefixesOf(name).map(({ prefix, role }) => ({
    service: name,
    prefix,
    urls: port === null ? [] : [`http://127.0.0.1:${port}`],
    authorization: `Bearer ${token}`,
    role,
  }));
}
