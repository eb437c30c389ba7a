import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type BackendRoute,
  didYouMean,
  headers,
  KumikiError,
  openaiVersion,
  toKumikiError,
  type KeyRecord,
  type RequestRecord,
} from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { drainBody } from './body/read-body.ts';
import { checkRequest } from './http/check-request.ts';
import type { OpenReplies } from './http/open-replies.ts';
import { protectReply } from './http/protect-reply.ts';
import { makeRequestId, openHop } from './http/random-ids.ts';
import type { RecordedContext, RequestContext } from './http/request-context.ts';
import { sendError, sendJson } from './http/send-error.ts';
import { endsCredentials } from './keys/ends-credentials.ts';
import { identifyCaller, requireOwnSite, type Caller, type Identities } from './keys/identify-caller.ts';
import type { OpenRequests } from './keys/open-requests.ts';
import { createRevocation, requireUnrevoked } from './keys/revocation.ts';
import { chooseDemand } from './limits/choose-demand.ts';
import { unlimited, type Admission, type KeyLimiter } from './limits/key-limiter.ts';
import type { LoadMeter } from './load/load-meter.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { ModelPath } from './model/exchange.ts';
import { listModels, retrieveModel } from './model/list-models.ts';
import type { RequestLog } from './requests/request-log.ts';
import { withMethod, type Backend } from './routing/backends.ts';
import type { RouteIndex } from './routing/route-index.ts';

/** Longest path that is looked at; the header limit bounds it too. */
const maxPathLength = 4_096;

/** Most bytes of a refused request's body that are read so that its connection can be used again. */
const maxDiscardedBytes = 67_108_864;

/** The same for somebody who has shown no valid key, and how long they may take. */
const maxUnknownDiscardedBytes = 131_072;
const unknownDiscardMs = 2_000;

/** A browser that came by https comes by nothing else for a year. */
const strictTransport = 'max-age=31536000';

const modelPaths: ReadonlySet<string> = new Set<ModelPath>([
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
]);

const ownPaths = [...modelPaths, '/v1/models'];

export interface HandlerOptions {
  readonly identities: Identities;
  readonly limiter: KeyLimiter;
  readonly openRequests: OpenRequests;
  /** Told of every request that came with a valid key or session. */
  readonly vouch: (request: IncomingMessage) => void;
  readonly openReplies: OpenReplies;
  readonly routes: RouteIndex;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
  readonly requests: RequestLog;
  readonly load: LoadMeter;
  readonly draining: () => boolean;
  readonly serveModel: (
    context: RecordedContext,
    path: ModelPath,
    caller: Caller,
    admission: Admission,
  ) => Promise<void>;
  readonly forward: (context: RequestContext, backend: Backend, caller: Caller | null) => Promise<void>;
  /** What is left of a body that nobody reads is waited for so long. */
  readonly bodyTimeoutMs: number;
}

/** Answers everything that arrives at the one URL. Never throws. */
export function createRequestHandler(
  options: HandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { metrics } = options;
  return (request, response) => {
    const context = openContext(request, response);
    response.setHeader(headers.requestId, context.id);
    response.setHeader(headers.apiVersion, openaiVersion);
    if (options.identities.isHttps(request)) response.setHeader('strict-transport-security', strictTransport);
    if (options.draining()) response.setHeader('connection', 'close');
    response.on('finish', () => metrics.countRequest(routeLabel(options.routes, context.path), response.statusCode));
    void answer(options, context);
  };
}

async function answer(options: HandlerOptions, context: RequestContext): Promise<void> {
  const { request, response } = context;
  try {
    await dispatch(options, context);
  } catch (thrown) {
    const error = toKumikiError(thrown);
    if (error.code === 'internal_error')
      options.log.error({ requestId: context.id, err: error.cause }, 'request failed inside the gateway');
    if (context.record !== null && !response.destroyed) context.record.error_code ??= error.code;
    sendError(response, error);
  }
  if (context.record !== null) {
    context.record.error_code ??= context.revocation.error()?.code ?? null;
    endRecord(options, context.record, response);
  }
  if (!request.complete) void discardBody(context, options.bodyTimeoutMs);
}

/** A body that nobody will read is thrown away as it comes; one that does not end soon takes its connection with it. */
async function discardBody({ request, known }: RequestContext, bodyTimeoutMs: number): Promise<void> {
  const { socket } = request;
  const limitMs = known ? bodyTimeoutMs : Math.min(unknownDiscardMs, bodyTimeoutMs);
  const timer = setTimeout(() => {
    // Once it is complete the connection may carry the next request.
    if (!request.complete) socket.destroySoon();
  }, limitMs);
  timer.unref();
  const reachedEnd = await drainBody(request, known ? maxDiscardedBytes : maxUnknownDiscardedBytes);
  clearTimeout(timer);
  if (!reachedEnd) socket.destroySoon();
}

function openContext(request: IncomingMessage, response: ServerResponse): RequestContext {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const traceparent = request.headers['traceparent'];
  return {
    id: makeRequestId(),
    request,
    response,
    path: (query === -1 ? url : url.slice(0, query)).slice(0, maxPathLength),
    hop: openHop(typeof traceparent === 'string' ? traceparent : undefined),
    startedAt: performance.now(),
    // Whoever still reads the body or waits for a place finds the request over.
    revocation: createRevocation((error) => sendError(response, error)),
    known: false,
    record: null,
  };
}

/**
 * Begins to remember a request. What operates the installation and what is open to everybody is not remembered: a
 * console that looks at requests would fill the list with itself.
 */
function beginRecord(
  { requests, load }: HandlerOptions,
  context: RequestContext,
  { key }: Caller,
  backend: Backend | null,
): void {
  const { id, hop, path, request, startedAt } = context;
  const kind = backend === null ? 'model' : 'service';
  const service = backend?.route.service ?? null;
  load.requestBegins(startedAt);
  context.record = requests.begin({ id, hop, method: request.method ?? 'GET', path, kind, service, key, startedAt });
}

function endRecord({ requests, load }: HandlerOptions, record: RequestRecord, response: ServerResponse): void {
  const now = performance.now();
  if (response.headersSent) record.status = response.statusCode;
  // A reply that broke off had its reason noted by whoever cut it.
  const left = response.destroyed && !response.writableEnded && record.error_code === null;
  const refused = record.error_code !== null || (record.status ?? 0) >= 400;
  requests.end(record, left ? 'cancelled' : refused ? 'failed' : 'completed', now);
  if (record.error_code === 'credential_revoked') return;
  const ours = record.status === null || record.status < 400 || record.status >= 500;
  if (record.outcome === 'failed' && ours) load.requestFails(now);
}

async function dispatch(options: HandlerOptions, context: RequestContext): Promise<void> {
  const { request, response, path } = context;
  const method = request.method ?? 'GET';
  checkRequest(request, path);
  const backend = isOwnPath(path) ? null : findBackend(options.routes, method, path);
  if (backend?.route.role === null) {
    requireOwnSite(options.identities, request);
    return options.forward(context, backend, null);
  }
  const caller = identifyCaller(options.identities, request, Math.floor(Date.now() / 1_000));
  context.known = true;
  options.vouch(request);
  if (caller.sessionId !== null) protectReply(response);
  if (modelPaths.has(path) || backend?.route.role === 'inference') beginRecord(options, context, caller, backend);
  if (caller.service === null) options.openReplies.add(response);
  const ends = endsCredentials(method, path);
  if (!ends) options.openRequests.add(caller, context.revocation);
  let admission: Admission | null = null;
  try {
    // Before a byte of the body is read: whoever may not ask is not listened to.
    const admitted = admit(options, context, caller);
    admission = admitted instanceof Promise ? await admitted : admitted;
    requireUnrevoked(context.revocation);
    await serve(options, context, { caller, backend, admission });
  } finally {
    admission?.release();
    if (!ends) options.openRequests.remove(caller, context.revocation);
  }
}

/** What a request holds of its key's limits for as long as it is open. */
function admit(
  { limiter }: HandlerOptions,
  { path, request, response }: RequestContext,
  { key, service }: Caller,
): Admission | Promise<Admission> {
  if (service === null) return limiter.admit(key, chooseDemand(request.method ?? 'GET', path));
  // What a service asks of another one leads to models in the end, and counts there.
  if (!modelPaths.has(path)) return unlimited;
  return limiter.admitService(key, { lowPriority: service.lowPriority, leaving: () => leavingOf(response) });
}

function leavingOf(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  return leaving.signal;
}

interface Admitted {
  readonly caller: Caller;
  readonly backend: Backend | null;
  readonly admission: Admission;
}

/** May throw at once. */
function serve(options: HandlerOptions, context: RequestContext, admitted: Admitted): Promise<void> | void {
  const { request, response, path } = context;
  const { caller, backend, admission } = admitted;
  const { key } = caller;
  const method = request.method ?? 'GET';
  if (modelPaths.has(path)) {
    requireMethod(method, path, 'POST');
    requireRole(key, 'inference');
    requireServing(options);
    return options.serveModel(context as RecordedContext, path as ModelPath, caller, admission);
  }
  const limits: Record<string, string | number> = {};
  admission.addHeaders(limits);
  for (const [name, value] of Object.entries(limits)) response.setHeader(name, value);
  if (path === '/v1/models') {
    requireMethod(method, path, 'GET');
    return sendJson(response, 200, listModels(options.routes, key));
  }
  if (path.startsWith('/v1/models/')) {
    requireMethod(method, path, 'GET');
    return sendJson(response, 200, retrieveModel(options.routes, key, decodePath(path.slice('/v1/models/'.length))));
  }
  if (backend === null) return;
  requireRole(key, backend.route.role);
  requireServing(options);
  return options.forward(context, backend, caller);
}

function requireServing({ draining }: HandlerOptions): void {
  if (draining()) throw new KumikiError('draining', {}, { retryAfterMs: 1_000 });
}

function isOwnPath(path: string): boolean {
  return modelPaths.has(path) || path === '/v1/models' || path.startsWith('/v1/models/');
}

/** What is not there is not there for anybody: a client that probes for another dialect must not be told to log in. */
function findBackend(routes: RouteIndex, method: string, path: string): Backend {
  const candidates = routes.backendsFor(path);
  const backend = withMethod(candidates, method);
  if (backend !== null) return backend;
  const shown = path.slice(0, 256);
  const hint = didYouMean(path, [...ownPaths, ...routes.backends().map(({ route }) => route.prefix)]);
  if (candidates.length === 0) throw new KumikiError('unknown_route', { method, path: shown, hint });
  const allowed = candidates.flatMap(({ route }) => route.methods ?? []).join(' or ');
  throw new KumikiError('method_not_allowed', { method, path: shown, allowed, hint });
}

function requireMethod(method: string, path: string, allowed: string): void {
  if (method !== allowed) throw new KumikiError('method_not_allowed', { method, path, allowed });
}

function requireRole(key: KeyRecord, role: BackendRoute['role']): void {
  if (role === null || role === 'any' || key.roles.includes(role)) return;
  const action = role === 'admin' ? 'operate this installation' : 'use models';
  throw new KumikiError('permission_denied', { action, remedy: `It needs the role '${role}'.` });
}

/** Model names may hold slashes; SDKs escape them. A broken escape is taken as it stands. */
function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The path as a metric label: only what we serve, so that a scanner cannot make new time series. */
function routeLabel(routes: RouteIndex, path: string): string {
  if (modelPaths.has(path)) return path;
  if (path.startsWith('/v1/models')) return '/v1/models';
  const [backend] = routes.backendsFor(path);
  return backend === undefined ? 'other' : backend.route.prefix || '/';
}
