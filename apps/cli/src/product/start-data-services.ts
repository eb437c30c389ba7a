import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type BackendRoute, type DataService, type DataServiceCause, KumikiError, prefixesOf } from '@kumiki/api';
import type { Database, DatabaseLocation } from '@kumiki/postgres';
import { createGatewayClient, type GatewayClient, type Log, type RunningDataService } from '@kumiki/service';
import { type DataServiceEntry, dataServiceList } from './data-service-list.ts';

/** Between two attempts to start a service whose database is away, or busy with its own opening. */
const retryMs = 2_000;

/** What is left to a service's own streams when the gateway has ended those of clients. */
const drainMs = 2_000;

export interface DataServicesOptions {
  readonly location: DatabaseLocation;
  /** Where the bytes of files lie, when the database is not a server that others reach too. */
  readonly filesFolder: string;
  /** Origin of the gateway, which the services call. */
  readonly gatewayUrl: string;
  /** A key of its own for each, which reaches what that service needs. */
  readonly serviceKey: (name: DataServiceEntry['name']) => string;
  readonly log: Log;
  /** A service has another state, and with it other routes. */
  readonly onChange: () => void;
}

export interface DataServices {
  states(): DataService[];
  /** Routes to all of them; those that have not started have no replica yet. */
  backends(): BackendRoute[];
  /** Lets runs go, then ends the services and closes the database. */
  stop(): Promise<void>;
}

interface Started {
  readonly entry: DataServiceEntry;
  readonly token: string;
  state: DataService['state'];
  reason: string;
  cause: DataServiceCause | null;
  running: RunningDataService | null;
  /** Its own way to the others. */
  readonly gateway: GatewayClient;
}

/**
 * Starts the services that have data, in the background: a database that opens takes seconds, and one that does not
 * open must not keep anybody from chatting. What became of each is in its state.
 */
export function startDataServices(options: DataServicesOptions): DataServices {
  const stopping = new AbortController();
  const services = dataServiceList.map((entry): Started => ({
    entry,
    token: randomBytes(32).toString('base64url'),
    state: 'starting',
    reason: 'it waits for its database',
    cause: 'waits_for_database',
    running: null,
    gateway: clientFor(entry.name, options),
  }));
  const opening = import('@kumiki/postgres').then(({ openDatabase }) => openDatabase(options.location));
  const starting = services.map((service) => startUntilItRuns(service, { ...options, opening, stopping }));

  return {
    states: () => services.map(describe),
    backends: () => services.flatMap(routesOf),
    async stop() {
      stopping.abort();
      const running = services.map((service) => service.running).filter((service) => service !== null);
      await Promise.all(running.map((service) => service.drain(drainMs)));
      await Promise.all(running.map((service) => service.close()));
      for (const { gateway } of services) gateway.close();
      await (await opening).close();
      await Promise.all(starting);
    },
  };
}

function clientFor(name: DataServiceEntry['name'], { gatewayUrl, serviceKey }: DataServicesOptions): GatewayClient {
  const key = serviceKey(name);
  return createGatewayClient({ url: gatewayUrl, key: () => key });
}

interface Surroundings extends DataServicesOptions {
  readonly opening: Promise<Database>;
  readonly stopping: AbortController;
}

/** Never rejects. A database that is away or busy is asked again; whatever else fails stays failed. */
async function startUntilItRuns(service: Started, around: Surroundings): Promise<void> {
  const { stopping, log } = around;
  const { name } = service.entry;
  for (;;) {
    try {
      const running = await start(service, around);
      if (stopping.signal.aborted) return await running.close();
      service.running = running;
      return change(service, around, 'ready', '', null);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const again = error instanceof KumikiError && error.code === 'service_unavailable';
      const reason = `${reasonOf(error)}${again ? ' It is tried again.' : ''}`;
      if (service.reason !== reason) log.error({ service: name, err: error }, 'service does not start');
      change(service, around, 'failed', reason, again ? 'database_unavailable' : 'broken');
      if (!again) return;
      await wait(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
    }
  }
}

async function start({ entry, token, gateway }: Started, around: Surroundings): Promise<RunningDataService> {
  return entry.start({
    database: await around.opening,
    gateway,
    token,
    host: '127.0.0.1',
    port: 0,
    log: around.log,
    objectsFolder: 'url' in around.location ? null : around.filesFolder,
    // Another name at every start: what the last process drove was left by another one.
    replica: `local-${process.pid}-${randomBytes(4).toString('hex')}`,
  });
}

function change(
  service: Started,
  { onChange }: Surroundings,
  state: Started['state'],
  reason: string,
  cause: DataServiceCause | null,
): void {
  if (service.state === state && service.reason === reason) return;
  service.state = state;
  service.reason = reason;
  service.cause = cause;
  onChange();
}

function describe({ entry: { name }, state, reason, cause }: Started): DataService {
  return { object: 'kumiki.data_service', name, state, reason, cause };
}

function routesOf({ entry, token, running }: Started): BackendRoute[] {
  return prefixesOf(entry.name).map(({ prefix, role }) => ({
    service: entry.name,
    prefix,
    urls: running === null ? [] : [`http://127.0.0.1:${running.port}`],
    authorization: `Bearer ${token}`,
    role,
  }));
}

/** The error's own sentence and what lies behind it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message;
}
