import type { IncomingMessage, ServerResponse } from 'node:http';
import { headers, KumikiError, openaiVersion, toKumikiError, type BackendRoute, type KeyRecord } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { checkRequest } from './http/check-request.ts';
import { discardBody, type DiscardLimits, knownDiscard, unknownDiscard, withinMs } from './http/discard-body.ts';
import { openContext } from './http/open-context.ts';
import type { OpenReplies } from './http/open-replies.ts';
import { protections } from './http/protections.ts';
import type { Reply } from './http/reply.ts';
import type { RequestContext } from './http/request-context.ts';
import { sendError } from './http/send-error.ts';
import { endsCredentials } from './keys/ends-credentials.ts';
import { identifyCaller, requireOwnSite, type Caller, type Identities } from './keys/identify-caller.ts';
import type { OpenRequests } from './keys/open-requests.ts';
import { requireUnrevoked } from './keys/revocation.ts';
import { chooseDemand } from './limits/choose-demand.ts';
import { unlimited, type Admission, type KeyLimiter } from './limits/key-limiter.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import { beginRecord, endRecord, type Recorders } from './requests/record-request.ts';
import {
  createServedPaths,
  type ServedPath,
  type ServedPaths,
  type ServedGroup,
  type Servers,
  takesMethod,
} from './served-paths.ts';

/** Value of `strict-transport-security`: a browser that connected over https uses only https for a year. */
const strictTransport = 'max-age=31536000';

export interface HandlerOptions extends Servers, Recorders {
  readonly identities: Identities;
  readonly limiter: KeyLimiter;
  readonly openRequests: OpenRequests;
  /** Called for every request with a valid key or session. */
  readonly vouch: (request: IncomingMessage) => void;
  readonly openReplies: OpenReplies;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
  readonly draining: () => boolean;
  /** How long to wait for the rest of a body that nothing reads. */
  readonly bodyTimeoutMs: number;
}

interface Handling extends HandlerOptions {
  readonly paths: ServedPaths;
  readonly knownDiscard: DiscardLimits;
  readonly unknownDiscard: DiscardLimits;
}

export interface RequestHandler {
  /** Answers everything that arrives at the one URL. Never throws. */
  readonly answer: (request: IncomingMessage, response: Reply) => void;
  /** Refuses a request that the server could not parse. */
  readonly refuse: (request: IncomingMessage, response: Reply, error: KumikiError) => void;
}

export function createRequestHandler(options: HandlerOptions): RequestHandler {
  const { metrics, bodyTimeoutMs } = options;
  const paths = createServedPaths(options);
  const handling: Handling = {
    ...options,
    paths,
    knownDiscard: withinMs(knownDiscard, bodyTimeoutMs),
    unknownDiscard: withinMs(unknownDiscard, bodyTimeoutMs),
  };

  function begin(context: RequestContext): ServedGroup | null {
    const { request, response } = context;
    const group = paths.find(context.path);
    response.addHeaders({ [headers.requestId]: context.id, [headers.apiVersion]: openaiVersion });
    if (options.identities.isHttps(request)) response.addHeaders({ 'strict-transport-security': strictTransport });
    if (options.draining()) response.addHeaders({ connection: 'close' });
    response.on('finish', () => metrics.countRequest(group?.label ?? 'other', response.statusCode));
    return group;
  }

  return {
    answer(request, response) {
      const context = openContext(request, response);
      void answer(handling, context, begin(context));
    },
    refuse(request, response, error) {
      begin(openContext(request, response));
      sendError(response, error, handling.unknownDiscard);
    },
  };
}

async function answer(handling: Handling, context: RequestContext, group: ServedGroup | null): Promise<void> {
  const { request, response } = context;
  try {
    await dispatch(handling, context, group);
  } catch (thrown) {
    const error = toKumikiError(thrown);
    if (error.code === 'internal_error')
      handling.log.error({ requestId: context.id, err: error.cause }, 'request failed inside the gateway');
    if (context.record !== null && !response.destroyed) context.record.error_code ??= error.code;
    sendError(response, error, discardLimits(handling, context));
  }
  if (context.record !== null) {
    context.record.error_code ??= context.revocation.error()?.code ?? null;
    endRecord(handling, context.record, response);
  }
  // A service may reply before it has received the whole body.
  if (!request.complete) discardBody(request, response, discardLimits(handling, context));
}

function discardLimits({ knownDiscard, unknownDiscard }: Handling, { known }: RequestContext): DiscardLimits {
  return known ? knownDiscard : unknownDiscard;
}

/** Identifies the caller and the path, admits the request, and serves it. */
async function dispatch(handling: Handling, context: RequestContext, group: ServedGroup | null): Promise<void> {
  const { request, response, path } = context;
  const method = request.method ?? 'GET';
  checkRequest(request, path);
  const served = handling.paths.require(group, method, path);
  if (served.role === null) {
    requireOwnSite(handling.identities, request);
    return served.serve(context);
  }
  const caller = identifyCaller(handling.identities, request, Math.floor(Date.now() / 1_000));
  context.known = true;
  handling.vouch(request);
  if (caller.sessionId !== null) response.addHeaders(protections);
  if (isRecorded(served)) beginRecord(handling, context, caller, served.kind, served.service);
  if (caller.service === null) handling.openReplies.add(response);
  const ends = endsCredentials(method, path);
  if (!ends) handling.openRequests.add(caller, context.revocation);
  let admission: Admission | null = null;
  try {
    // Checked before the body is read, so that a refused request costs no reading.
    const admitted = admit(handling, context, served, caller);
    admission = admitted instanceof Promise ? await admitted : admitted;
    requireUnrevoked(context.revocation);
    if (served.kind !== 'model') addLimitHeaders(response, admission);
    if (!takesMethod(served, method)) throw handling.paths.refuse(group, method, path);
    requireRole(caller.key, served.role);
    if (served.kind !== 'gateway') requireServing(handling);
    await served.serve(context, caller, admission);
  } finally {
    admission?.release();
    if (!ends) handling.openRequests.remove(caller, context.revocation);
  }
}

/**
 * Whether a request is recorded. Requests to operate the installation and to public pages are not: a console that shows
 * requests would fill the list with its own.
 */
function isRecorded(served: ServedPath): served is ServedPath & { kind: 'model' | 'service' } {
  return served.kind === 'model' || (served.kind === 'service' && served.role === 'inference');
}

/** The share of its key's limits that a request holds while it is open. */
function admit(
  { limiter }: Handling,
  { path, request, response }: RequestContext,
  { kind }: ServedPath,
  { key, service }: Caller,
): Admission | Promise<Admission> {
  if (service === null) return limiter.admit(key, chooseDemand(request.method ?? 'GET', path));
  // A service's request to another service ends in requests to models, and is counted there.
  if (kind !== 'model') return unlimited;
  return limiter.admitService(key, { lowPriority: service.lowPriority, leaving: () => leavingOf(response) });
}

function leavingOf(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  return leaving.signal;
}

/** Answers of models set these headers themselves. */
function addLimitHeaders(response: Reply, admission: Admission): void {
  const limits: Record<string, string | number> = {};
  admission.addHeaders(limits);
  response.addHeaders(limits);
}

function requireServing({ draining }: Handling): void {
  if (draining()) throw new KumikiError('draining', {}, { retryAfterMs: 1_000 });
}

function requireRole(key: KeyRecord, role: BackendRoute['role']): void {
  if (role === null || role === 'any' || key.roles.includes(role)) return;
  const action = role === 'admin' ? 'operate this installation' : 'use models';
  throw new KumikiError('permission_denied', { action, remedy: `It needs the role '${role}'.` });
}
