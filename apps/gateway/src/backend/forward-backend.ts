import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { KumikiError, withoutTrailing } from '@kumiki/api';
import { observe, type Observation } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import { readBody } from '../body/read-body.ts';
import type { RequestContext } from '../handle-request.ts';
import type { Caller } from '../keys/identify-caller.ts';
import { demandUnrevoked } from '../keys/revocation.ts';
import type { ProjectLimitsStore } from '../limits/project-limits-store.ts';
import type { RequestLog } from '../requests/request-log.ts';
import { watchForward } from '../requests/watch-forward.ts';
import { maxInFlightPerReplica, pickReplica, type Backend, type BackendReplica } from '../routes/backends.ts';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';
import { attemptBackend, type BackendOutcome } from './attempt-backend.ts';
import { type BackendCaller, replyHeaders, requestHeaders } from './backend-headers.ts';
import { type BackendWaits, chooseWait } from './choose-wait.ts';
import { isEventStream } from './relay-reply.ts';
import { maxUploadBytes } from './send-body.ts';

/** A body up to this size is read first, so that it can be sent to another replica. */
const maxHeldBodyBytes = 1_048_576;

/** Told to a client when no replica can be reached, in milliseconds. */
const retryMs = 1_000;

const emptyBody = Buffer.alloc(0);

export interface ForwarderOptions {
  readonly wheel: DeadlineWheel;
  readonly log: Log;
  readonly requests: RequestLog;
  readonly projectLimits: ProjectLimitsStore;
  /** Span of time in which a request's body must make progress. */
  readonly bodyTimeoutMs: number;
  readonly waits: BackendWaits;
}

export interface BackendForwarder {
  /** Passes a request on to another service behind the same URL, and its reply back, both as they flow. */
  forward(context: RequestContext, backend: Backend, caller: Caller | null): Promise<void>;
  /** Ends every connection. */
  close(): void;
}

export function createBackendForwarder(options: ForwarderOptions): BackendForwarder {
  const limits = { keepAlive: true, maxSockets: maxInFlightPerReplica, maxFreeSockets: 16 };
  const http = new HttpAgent(limits);
  const https = new HttpsAgent(limits);

  function open(context: RequestContext, replica: BackendReplica, to: Backend, caller: Caller | null): ClientRequest {
    const target = new URL(replica.url);
    const secure = target.protocol === 'https:';
    const { request } = context;
    return (secure ? httpsRequest : httpRequest)({
      agent: secure ? https : http,
      hostname: target.hostname.replace(/^\[|\]$/g, ''),
      port: target.port,
      method: request.method,
      path: withoutTrailing(target.pathname, '/') + (request.url ?? '/'),
      headers: requestHeaders(request.headers, tellService(options.projectLimits, context, to, caller)),
    });
  }

  async function attempt(
    context: RequestContext,
    replica: BackendReplica,
    body: Buffer | null,
    upstream: ClientRequest,
  ): Promise<BackendOutcome> {
    replica.inFlight++;
    const watch = watchForward(options.requests, context.record, replica.url);
    const outcome = await attemptBackend({
      request: context.request,
      response: context.response,
      upstream,
      body,
      wheel: options.wheel,
      revocation: context.revocation,
      path: context.path,
      bodyWindowMs: options.bodyTimeoutMs,
      waits: options.waits,
      headMs: chooseWait(options.waits, context.path, body === null),
      onReply(reply) {
        watch.reply(reply.statusCode ?? 502, isEventStream(reply));
        sendHead(context, reply);
      },
    });
    replica.inFlight--;
    watch.end(outcome);
    return outcome;
  }

  return {
    async forward(context, backend, caller) {
      const body = await holdBody(context.request, options);
      if (body === 'aborted') return;
      const tried = new Set<BackendReplica>();
      let late: KumikiError | null = null;
      for (;;) {
        demandUnrevoked(context.revocation);
        const replica = pickReplica(backend, tried, performance.now(), Math.random());
        if (replica === null) throw late ?? unavailable(backend, tried);
        tried.add(replica);
        const outcome = await attempt(context, replica, body, open(context, replica, backend, caller));
        if (outcome.kind === 'refused') throw outcome.error;
        learn(options.log, replica, outcome.kind === 'over' && !outcome.gone ? 'success' : 'gone');
        if (outcome.kind === 'over') return;
        if (outcome.kind === 'late') late = tooLate(backend, outcome);
        if (outcome.kind !== 'unreachable' && !mayRepeat(context.request, body)) throw late ?? brokenOff(backend);
      }
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function sendHead({ id, response }: RequestContext, reply: IncomingMessage): void {
  response.writeHead(reply.statusCode ?? 502, replyHeaders(reply.headers, id));
  // An event stream may be silent for long, and its client waits for the head.
  if (isEventStream(reply)) response.flushHeaders();
}

function tellService(
  projectLimits: ProjectLimitsStore,
  { id, hop }: RequestContext,
  { route }: Backend,
  caller: Caller | null,
): BackendCaller {
  const limits = caller === null ? null : projectLimits.headerOf(caller.key.project);
  return { caller, route, requestId: id, traceparent: hop.traceparent, projectLimits: limits };
}

/** Passive ejection: a replica that cannot be reached is asked last for a while. */
function learn(log: Log, replica: BackendReplica, seen: Observation): void {
  const before = replica.eject.ejections;
  replica.eject = observe(replica.eject, seen, performance.now());
  if (replica.eject.ejections > before) log.warn({ backend: replica.url }, 'service is not reached there');
}

/** Small bodies whole; null for what is passed on as it flows. */
async function holdBody(request: IncomingMessage, options: ForwarderOptions): Promise<Buffer | null | 'aborted'> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > maxUploadBytes) throw new KumikiError('body_too_large', { limitBytes: maxUploadBytes });
  if (request.headers['transfer-encoding'] !== undefined || length > maxHeldBodyBytes) return null;
  if (length === 0) return emptyBody;
  const arm = (onLate: () => void) => options.wheel.arm(options.bodyTimeoutMs, onLate);
  const read = await readBody(request, maxHeldBodyBytes, arm);
  if (read.outcome === 'complete') return read.body;
  if (read.outcome === 'too_slow') throw new KumikiError('request_timeout', { limitMs: options.bodyTimeoutMs });
  return 'aborted';
}

/** A request that only reads may be sent again, though its replica may have seen it. */
function mayRepeat(request: IncomingMessage, body: Buffer | null): boolean {
  return body !== null && (request.method === 'GET' || request.method === 'HEAD');
}

function nameOf(backend: Backend): string {
  return `The service behind ${backend.route.prefix || '/'}`;
}

function tooLate(backend: Backend, { what, limitMs }: Extract<BackendOutcome, { kind: 'late' }>): KumikiError {
  return new KumikiError('upstream_timeout', { server: nameOf(backend), what, limitMs }, { retryAfterMs: retryMs });
}

function unavailable(backend: Backend, tried: ReadonlySet<BackendReplica>): KumikiError {
  const state = backend.replicas.length === 0 ? 'is not ready' : tried.size > 0 ? 'cannot be reached' : 'is busy';
  return unreachable(`${nameOf(backend)} ${state}`);
}

function brokenOff(backend: Backend): KumikiError {
  return unreachable(`${nameOf(backend)} broke off`);
}

function unreachable(reason: string): KumikiError {
  return new KumikiError('service_unavailable', { reason }, { retryAfterMs: retryMs });
}
