import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyRecord, ObservedGatewayLoad, ProjectLimitsRecord, RouteTable, SessionRecord } from '@kumiki/api';
import { closeServer, listen, startOpsListener, type Log, type OpsListener, type Registry } from '@kumiki/service';
import { resolveHost, type ResolveHost } from './egress/resolve-host.ts';
import { createRequestHandler, type RequestHandler } from './handle-request.ts';
import { refuseExpectation } from './http/check-request.ts';
import { answerClientError, answerConnect, maxHeaderBytes } from './http/client-error.ts';
import type { ConnectionGuard } from './http/connection-guard.ts';
import { createOpenReplies } from './http/open-replies.ts';
import { Reply } from './http/reply.ts';
import { createOpenRequests, type OpenRequests } from './keys/open-requests.ts';
import { createKeyLimiter } from './limits/key-limiter.ts';
import { createLoadMeter } from './load/load-meter.ts';
import { createGatewayMetrics, type GatewayMetrics } from './metrics/gateway-metrics.ts';
import { createPicker } from './model/pick-endpoint.ts';
import { serveModel } from './model/serve-model.ts';
import {
  type Observed,
  type ObservedListener,
  type ObservedListenerOptions,
  startObservedListener,
} from './observed/observed-listener.ts';
import { type EdgeOptions, openEdge } from './open-edge.ts';
import { createRequestLog, type RequestLog } from './requests/request-log.ts';
import { type Probe, startHealthProber } from './routing/health-prober.ts';
import { probeHealth } from './routing/probe-health.ts';
import { createProjectShares } from './routing/project-shares.ts';
import { createRouteIndex, type RouteIndex } from './routing/route-index.ts';
import { type BackendWaits, defaultBackendWaits } from './services/choose-wait.ts';
import { createBackendForwarder } from './services/forward-backend.ts';
import { createKeyStore } from './snapshot/key-store.ts';
import { createProjectLimitsStore } from './snapshot/project-limits-store.ts';
import { createSessionStore } from './snapshot/session-store.ts';
import type { SnapshotHealth } from './snapshot/snapshot-health.ts';
import { openTlsFront, type TlsFront, type TlsFrontOptions } from './tls/tls-front.ts';
import { createDeadlineWheel } from './upstream/deadline-wheel.ts';
import { createUpstreamClients, type UpstreamClients } from './upstream/upstream-clients.ts';

const defaultHeadersTimeoutMs = 10_000;
const defaultRequestTimeoutMs = 120_000;

/** Idle connections are kept longer than the 60 s of common load balancers, so that they close first. */
const keepAliveTimeoutMs = 75_000;

/** What a connection may hold unsent before its upstream is paused: this is what a client that never reads costs. */
const unsentBytes = 16_384;

/** Connections that are open at once; the next is refused. */
const maxConnections = 20_000;

/** Connections that wait in the kernel until they are accepted. Beyond this limit clients retry after a second. */
const waitingConnections = 4_096;

/** Interval between two sweeps for idle connections while draining. */
const sweepMs = 50;

export interface GatewayOptions extends EdgeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Secret of the installation under which keys are hashed. */
  readonly pepper: Uint8Array;
  readonly routes: RouteTable;
  readonly keys: readonly KeyRecord[];
  /** Browsers that are signed in; none when absent. */
  readonly sessions?: readonly SessionRecord[];
  /** Projects whose limits differ from the defaults; none when absent. */
  readonly projectLimits?: readonly ProjectLimitsRecord[];
  readonly log: Log;
  /** If the snapshots come from files: their health, */
  readonly snapshots?: SnapshotHealth;
  /** and a function that reads changed files at once, before a key, a session or a path is reported as unknown. */
  readonly readNewer?: () => void;
  /** The zone of the cluster that this gateway runs in; endpoints there are preferred. */
  readonly zone?: string;
  readonly opsHost?: string;
  /** No ops listener when absent. */
  readonly opsPort?: number;
  /** The listener for the control API; none when absent. */
  readonly observed?: ObservedListenerOptions;
  /** The listener for TLS; none when absent. */
  readonly tls?: TlsFrontOptions;
  /** A client must have sent its headers within this time. */
  readonly headersTimeoutMs?: number;
  /** A body must be whole within this time; a body that is streamed on must make progress in every window of this length. */
  readonly requestTimeoutMs?: number;
  /** Waits for services behind the gateway that differ from the defaults. */
  readonly backendWaits?: Partial<BackendWaits>;
  /** Resolves names of outside servers; as this machine does when absent. */
  readonly resolve?: ResolveHost;
}

export interface Gateway {
  readonly port: number;
  readonly tlsPort: number | null;
  readonly opsPort: number | null;
  readonly observedPort: number | null;
  readonly requests: Pick<RequestLog, 'list' | 'open' | 'subscribe'>;
  load(): ObservedGatewayLoad;
  /** Unix seconds, by the session's id. */
  sessionsLastUsed(): ReadonlyMap<string, number>;
  replaceRoutes(table: RouteTable): void;
  replaceKeys(keys: readonly KeyRecord[]): void;
  replaceSessions(sessions: readonly SessionRecord[]): void;
  replaceProjectLimits(records: readonly ProjectLimitsRecord[]): void;
  /**
   * Accepts no more requests and waits until the open ones have ended, at most `limitMs`.
   * @param whose with `clients`, requests of the installation's services are not waited for.
   */
  drain(limitMs: number, whose?: 'all' | 'clients'): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
}

/** Starts a gateway on one port. Rejects when it cannot listen. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log } = options;
  const now = () => performance.now();
  const snapshots = openSnapshots(options);
  const { routes, sessions, projectLimits } = snapshots;
  const metrics = createGatewayMetrics(routes, options.snapshots ?? null);
  const wheel = createDeadlineWheel();
  const upstreams = createUpstreamClients({ wheel, log, resolve: options.resolve ?? resolveHost });
  const bodyTimeoutMs = options.requestTimeoutMs ?? defaultRequestTimeoutMs;
  const requests = createRequestLog();
  const load = createLoadMeter(now);
  const edge = openEdge(options, wheel, bodyTimeoutMs);
  const forwarder = createBackendForwarder({
    wheel,
    ...edge,
    log,
    requests,
    projectLimits,
    bodyTimeoutMs,
    waits: { ...defaultBackendWaits, ...options.backendWaits },
  });
  const shared = { routes, metrics, requests, load, log, bodyTimeoutMs };
  const picking = createPicking(routes, options.zone ?? null, now);
  const serving = { ...shared, ...edge, ...picking, wheel, upstreamFor: upstreams.clientFor };
  const open = createOpen(snapshots);
  let draining = false;
  const handler = createRequestHandler({
    ...shared,
    identities: { ...snapshots, isHttps: edge.origin.isHttps },
    limiter: createKeyLimiter(now),
    projectLimits,
    ...open,
    vouch: edge.connections.vouch,
    draining: () => draining,
    serveModel: (...request) => serveModel(serving, ...request),
    forward: forwarder.forward,
  });
  const server = createHttpServer(handler, options, edge.connections);
  metrics.observeConnections(edge.connections.ended);
  await listen(server, options.port, options.host, waitingConnections);
  const front = await openTls(options, metrics, server, edge.connections);
  const prober = startHealthProber({ routes, log, now, probe: probeThrough(upstreams) });
  const readLoad = (): ObservedGatewayLoad => ({ open_requests: requests.open(), load: load.read(now()) });
  const ops = await openOps(options, metrics.registry, () => draining);
  const observed = await openObserved(options, requests, readLoad, sessions.lastUsed);
  const { port } = server.address() as AddressInfo;
  const ports = portsOf({ port, tlsPort: front?.port, opsPort: ops?.port, observedPort: observed?.port });
  const ownPorts = Object.values(ports).filter((one) => one !== null);
  upstreams.open(options.routes, ownPorts);

  return {
    ...ports,
    ...replacing(snapshots, open.openRequests, upstreams),
    requests,
    load: readLoad,
    sessionsLastUsed: sessions.lastUsed,
    async drain(limitMs, whose = 'all') {
      draining = true;
      await untilClosed(server, front, limitMs, () => whose === 'clients' && open.openReplies.count === 0);
    },
    async close() {
      draining = true;
      for (const part of [prober, load, open.openRequests]) part.stop();
      await Promise.all([closeServer(server), front?.close(), ops?.close(), observed?.close()]);
      for (const part of [forwarder, upstreams]) part.close();
    },
  };
}

/** The open requests and replies. */
function createOpen(snapshots: ReturnType<typeof openSnapshots>) {
  return {
    openRequests: createOpenRequests(snapshots, () => Math.floor(Date.now() / 1_000)),
    openReplies: createOpenReplies(),
  };
}

/** The snapshots; each is replaced whole by the next. */
function openSnapshots(options: GatewayOptions) {
  const { pepper, readNewer = () => {} } = options;
  return {
    routes: createRouteIndex(options.routes, readNewer),
    keys: createKeyStore(pepper, options.keys, readNewer),
    sessions: createSessionStore(pepper, options.sessions ?? [], readNewer),
    projectLimits: createProjectLimitsStore(options.projectLimits ?? []),
  };
}

type Replacing = Pick<Gateway, 'replaceRoutes' | 'replaceKeys' | 'replaceSessions' | 'replaceProjectLimits'>;

/** Removing a key or a session ends its open requests at once. */
function replacing(
  { routes, keys, sessions, projectLimits }: ReturnType<typeof openSnapshots>,
  openRequests: OpenRequests,
  upstreams: UpstreamClients,
): Replacing {
  return {
    replaceRoutes(table) {
      upstreams.replace(table);
      routes.replace(table);
    },
    replaceKeys(records) {
      keys.replace(records);
      openRequests.check();
    },
    replaceSessions(records) {
      sessions.replace(records);
      openRequests.check();
    },
    replaceProjectLimits: (records) => projectLimits.replace(records),
  };
}

async function openObserved(
  { observed }: GatewayOptions,
  requests: RequestLog,
  load: Gateway['load'],
  sessionsLastUsed: Gateway['sessionsLastUsed'],
): Promise<ObservedListener | null> {
  if (observed === undefined) return null;
  const told: Observed = {
    load,
    requests: requests.list,
    subscribe: requests.subscribe,
    sessions: () => ({ data: [...sessionsLastUsed()].map(([id, at]) => ({ id, last_used_at: at })) }),
  };
  return startObservedListener(observed, told);
}

type Ports = Pick<Gateway, 'port' | 'tlsPort' | 'opsPort' | 'observedPort'>;

function portsOf(open: { readonly [Name in keyof Ports]: Ports[Name] | undefined }): Ports {
  const { port = 0, tlsPort = null, opsPort = null, observedPort = null } = open;
  return { port, tlsPort, opsPort, observedPort };
}

async function openTls(
  { tls }: GatewayOptions,
  metrics: GatewayMetrics,
  server: Server,
  connections: ConnectionGuard,
): Promise<TlsFront | null> {
  if (tls === undefined) return null;
  metrics.observeCertificate(tls.files);
  return openTlsFront(tls, { server, connections, unsentBytes, backlog: waitingConnections, maxConnections });
}

function probeThrough(upstreams: UpstreamClients): Probe {
  return (state, limitMs) => probeHealth(upstreams.clientFor(state.endpoint), state, limitMs);
}

function createPicking(routes: RouteIndex, zone: string | null, now: () => number) {
  const shares = createProjectShares(now);
  return { shares, picker: createPicker({ routes, shares, zone, now, random: Math.random }) };
}

async function openOps(
  { opsHost = '127.0.0.1', opsPort, snapshots }: GatewayOptions,
  metrics: Registry,
  draining: () => boolean,
): Promise<OpsListener | null> {
  if (opsPort === undefined) return null;
  const ready = (): string | null => (draining() ? 'draining' : (snapshots?.notReady() ?? null));
  return startOpsListener({ host: opsHost, port: opsPort, metrics, alive: () => null, ready });
}

function createHttpServer(handler: RequestHandler, options: GatewayOptions, connections: ConnectionGuard): Server {
  const headersTimeoutMs = options.headersTimeoutMs ?? defaultHeadersTimeoutMs;
  const server = createServer<typeof IncomingMessage, typeof Reply>(
    {
      ServerResponse: Reply,
      headersTimeout: headersTimeoutMs,
      // A large file may take longer than any limit on a whole request. The code that reads a body checks its progress.
      requestTimeout: 0,
      keepAliveTimeout: keepAliveTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
      noDelay: true,
      highWaterMark: unsentBytes,
    },
    handler.answer,
  );
  server.maxConnections = maxConnections;
  connections.watch(server);
  server.on('connect', answerConnect);
  server.on('checkContinue', (request, response) => {
    response.holdBody();
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request, response) => handler.refuse(request, response, refuseExpectation(request)));
  server.on('clientError', (error, socket) => answerClientError(error, socket, headersTimeoutMs));
  return server;
}

/**
 * Stops listening. Resolves when the last connection has closed, when `enough` returns true, or when the time is over.
 */
function untilClosed(server: Server, front: TlsFront | null, limitMs: number, enough: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    // Replies that began before the draining did not say `connection: close`: their connections are closed once idle.
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      if (enough()) finish();
    }, sweepMs);
    const finish = (): void => {
      clearInterval(sweep);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, limitMs);
    const closed = new Promise<void>((done) => server.close(() => done()));
    void Promise.all([closed, front?.close()]).then(finish);
    server.closeIdleConnections();
  });
}
