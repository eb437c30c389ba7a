import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type BodyLimits, findPath, jsonBody, KumikiError, smallBodyBytes, withoutTrailing } from '@kumiki/api';
import type { Observation } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { BodyReader, HeldBody } from '../body/body-reader.ts';
import { askForBody } from '../http/ask-for-body.ts';
import type { ClientOrigin } from '../http/client-origin.ts';
import { createPublicPlaces } from '../http/public-places.ts';
import type { RequestContext } from '../http/request-context.ts';
import type { Caller } from '../keys/identify-caller.ts';
import { requireUnrevoked } from '../keys/revocation.ts';
import type { RequestLog } from '../requests/request-log.ts';
import type { Backend } from '../routing/backends.ts';
import { noteSeen, type EndpointRecord } from '../routing/endpoint-record.ts';
import type { ProjectLimitsStore } from '../snapshot/project-limits-store.ts';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';
import { attemptBackend, type BackendOutcome } from './attempt-backend.ts';
import { type BackendCaller, replyHeaders, requestHeaders } from './backend-headers.ts';
import { type BackendWaits, chooseWait } from './choose-wait.ts';
import { maxInFlightPerReplica, pickReplica } from './pick-replica.ts';
import { isEventStream } from './relay-reply.ts';
import { watchForward } from './watch-forward.ts';

/** A form up to this size is read completely first, so that it can be sent again to another replica. JSON always is. */
const maxHeldFormBytes = 1_048_576;

/** For a route that is not in the table: the service behind its prefix answers that it does not exist. */
const unlisted: BodyLimits = jsonBody(smallBodyBytes, null);

/** Retry delay for a client when no replica can be reached. */
const retryMs = 1_000;

export interface ForwarderOptions {
  readonly wheel: DeadlineWheel;
  readonly log: Log;
  readonly requests: RequestLog;
  readonly projectLimits: ProjectLimitsStore;
  readonly bodies: BodyReader;
  readonly origin: ClientOrigin;
  /** Window of time in which a streamed body must make progress. */
  readonly bodyTimeoutMs: number;
  readonly waits: BackendWaits;
}

export interface BackendForwarder {
  /** Forwards a request to a service behind the same URL, and streams its reply back. */
  forward(context: RequestContext, backend: Backend, caller: Caller | null): Promise<void>;
  /** Closes every connection. */
  close(): void;
}

interface SentBody {
  /** Null for a body that is streamed. */
  readonly body: HeldBody | null;
  readonly maxBytes: number;
}

export function createBackendForwarder(options: ForwarderOptions): BackendForwarder {
  const limits = { keepAlive: true, maxSockets: maxInFlightPerReplica, maxFreeSockets: 16 };
  const agents = { http: new HttpAgent(limits), https: new HttpsAgent(limits) };
  const places = createPublicPlaces();

  async function attempt(
    context: RequestContext,
    replica: EndpointRecord,
    { body, maxBytes }: SentBody,
    upstream: ClientRequest,
  ): Promise<BackendOutcome> {
    replica.inFlight++;
    const watch = watchForward(options.requests, context.record, replica.id);
    const outcome = await attemptBackend({
      request: context.request,
      response: context.response,
      upstream,
      body,
      maxBytes,
      wheel: options.wheel,
      revocation: context.revocation,
      path: context.path,
      bodyWindowMs: options.bodyTimeoutMs,
      waits: options.waits,
      headMs: chooseWait(options.waits, context.path, body === null),
      onReply(reply) {
        // The body is not needed again once the reply has begun.
        body?.release();
        watch.reply(reply.statusCode ?? 502, isEventStream(reply));
        sendHead(context, reply);
      },
    });
    replica.inFlight--;
    watch.end(outcome);
    return outcome;
  }

  async function send(context: RequestContext, backend: Backend, caller: Caller | null, sent: SentBody): Promise<void> {
    const tried = new Set<EndpointRecord>();
    let late: KumikiError | null = null;
    for (;;) {
      requireUnrevoked(context.revocation);
      const replica = pickReplica(backend, tried, performance.now(), Math.random());
      if (replica === null) throw late ?? unavailable(backend, tried);
      tried.add(replica);
      const outcome = await attempt(
        context,
        replica,
        sent,
        openUpstream(options, agents, context, { replica, backend, caller }),
      );
      if (outcome.kind === 'refused') throw outcome.error;
      learn(options.log, replica, outcome.kind === 'over' && !outcome.gone ? 'success' : 'gone');
      if (outcome.kind === 'over') return;
      if (outcome.kind === 'late') late = tooLate(backend, outcome);
      if (outcome.kind !== 'unreachable' && !mayRepeat(context.request, sent.body)) throw late ?? brokenOff(backend);
    }
  }

  return {
    async forward(context, backend, caller) {
      // A client that reads slowly holds memory. The limits of a key bound that; clients without a key take a place
      // here.
      const leave = caller === null ? places.enter(options.origin.addressOf(context.request)) : null;
      try {
        await withBody(options, context, caller, (sent) => send(context, backend, caller, sent));
      } finally {
        leave?.();
      }
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function sendHead({ id, response }: RequestContext, reply: IncomingMessage): void {
  response.writeHead(reply.statusCode ?? 502, replyHeaders(reply.headers, id));
  // An event stream may be silent for a long time, and its client waits for the head.
  if (isEventStream(reply)) response.flushHeaders();
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

interface Target {
  readonly replica: EndpointRecord;
  readonly backend: Backend;
  readonly caller: Caller | null;
}

/** Opens the request to a replica: its head is set, and nothing has been sent. */
function openUpstream(
  options: ForwarderOptions,
  { http, https }: Agents,
  context: RequestContext,
  { replica, backend, caller }: Target,
): ClientRequest {
  const target = new URL(replica.id);
  const secure = target.protocol === 'https:';
  const { request } = context;
  return (secure ? httpsRequest : httpRequest)({
    agent: secure ? https : http,
    hostname: target.hostname.replace(/^\[|\]$/g, ''),
    port: target.port,
    method: request.method,
    path: withoutTrailing(target.pathname, '/') + (request.url ?? '/'),
    headers: requestHeaders(request.headers, describeCaller(options, context, backend, caller)),
  });
}

function describeCaller(
  { projectLimits, origin }: ForwarderOptions,
  { id, hop, request }: RequestContext,
  { route }: Backend,
  caller: Caller | null,
): BackendCaller {
  const limits = caller === null ? null : projectLimits.headerOf(caller.key.project);
  return {
    caller,
    route,
    requestId: id,
    traceparent: hop.traceparent,
    projectLimits: limits,
    https: origin.isHttps(request),
  };
}

/** Passive ejection: a replica that cannot be reached is tried last for a while. */
function learn(log: Log, replica: EndpointRecord, seen: Observation): void {
  if (noteSeen(replica, seen, performance.now())) log.warn({ backend: replica.id }, 'service is not reached there');
}

/** Sends a request with its body, which is held as long as it is needed. */
async function withBody(
  options: ForwarderOptions,
  { request, response, path }: RequestContext,
  caller: Caller | null,
  send: (sent: SentBody) => Promise<void>,
): Promise<void> {
  const limits = findPath(request.method ?? 'GET', path)?.body ?? unlisted;
  askForBody(response, limits.maxBytes);
  const body = await holdBody(options, request, limits, caller);
  if (body === 'aborted') return;
  try {
    await send({ body, maxBytes: limits.maxBytes });
  } finally {
    body?.release();
  }
}

/** The whole body, or null for a form that is streamed. */
async function holdBody(
  { bodies }: ForwarderOptions,
  request: IncomingMessage,
  limits: BodyLimits,
  caller: Caller | null,
): Promise<HeldBody | null | 'aborted'> {
  const length = Number(request.headers['content-length'] ?? 0);
  const unknownLength = request.headers['transfer-encoding'] !== undefined;
  if (limits.kind === 'form' && (unknownLength || length > maxHeldFormBytes)) return null;
  return (await bodies.read(request, limits.maxBytes, caller?.key.id ?? null)) ?? 'aborted';
}

/** A request that only reads may be sent again even if its replica has seen it. */
function mayRepeat(request: IncomingMessage, body: HeldBody | null): boolean {
  return body !== null && (request.method === 'GET' || request.method === 'HEAD');
}

function nameOf(backend: Backend): string {
  return `The service behind ${backend.route.prefix || '/'}`;
}

function tooLate(backend: Backend, { what, limitMs }: Extract<BackendOutcome, { kind: 'late' }>): KumikiError {
  return new KumikiError('upstream_timeout', { server: nameOf(backend), what, limitMs }, { retryAfterMs: retryMs });
}

function unavailable(backend: Backend, tried: ReadonlySet<EndpointRecord>): KumikiError {
  const state = backend.replicas.length === 0 ? 'is not ready' : tried.size > 0 ? 'cannot be reached' : 'is busy';
  return unreachable(`${nameOf(backend)} ${state}`);
}

function brokenOff(backend: Backend): KumikiError {
  return unreachable(`${nameOf(backend)} broke off`);
}

function unreachable(reason: string): KumikiError {
  return new KumikiError('service_unavailable', { reason }, { retryAfterMs: retryMs });
}
