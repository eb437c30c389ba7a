import {
  type BodyLimits,
  continuationKey,
  findPath,
  KumikiError,
  noBody,
  resumeKey,
  type KeyRecord,
  type Resume,
} from '@kumiki/api';
import { hashBytes, minAffinityBytes } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { BodyReader } from '../body/body-reader.ts';
import { scanRequest, type ScannedRequest } from '../body/scan-request.ts';
import type { RecordedContext } from '../http/request-context.ts';
import type { Caller } from '../keys/identify-caller.ts';
import { requireUnrevoked } from '../keys/revocation.ts';
import type { Admission } from '../limits/key-limiter.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Route, RouteIndex } from '../routing/route-index.ts';
import type { Exchange, ModelPath } from './exchange.ts';
import { mayUse, modelNotFound } from './list-models.ts';
import { takeResume } from './resume-answer.ts';
import { runExchange, type RunOptions } from './run-exchange.ts';

/** Completion tokens that are reserved for a request that names no limit of its own. */
const defaultReservedCompletion = 256;

/** Bytes of JSON per prompt token, for reserving before the tokens are counted; English is near 4, Japanese near 3. */
const bytesPerToken = 4;

const bodyLimits: Readonly<Record<ModelPath, BodyLimits>> = {
  '/v1/chat/completions': limitsOf('/v1/chat/completions'),
  '/v1/completions': limitsOf('/v1/completions'),
  '/v1/embeddings': limitsOf('/v1/embeddings'),
};

/** As the table of paths has them, looked up once. */
function limitsOf(path: ModelPath): BodyLimits {
  return findPath('POST', path)?.body ?? noBody;
}

export interface ServeOptions extends RunOptions {
  readonly routes: RouteIndex;
  readonly metrics: GatewayMetrics;
  readonly log: Log;
  readonly maxBodyBytes: number;
  readonly bodies: BodyReader;
}

/** Serves one request for a model: reads and checks it, holds it against the key's limits, and runs it. */
export async function serveModel(
  options: ServeOptions,
  context: RecordedContext,
  path: ModelPath,
  caller: Caller,
  admission: Admission,
): Promise<void> {
  const { request } = context;
  const { key } = caller;
  requireJson(request.headers['content-type']);
  const limits = bodyLimits[path];
  const held = await options.bodies.read(request, Math.min(options.maxBodyBytes, limits.maxBytes), key.id);
  if (held === null) return;
  try {
    requireUnrevoked(context.revocation);
    await serveBody(options, context, { path, caller, admission, maxValues: limits.maxValues }, held.bytes());
  } finally {
    held.release();
  }
}

interface Asked {
  readonly path: ModelPath;
  readonly caller: Caller;
  readonly admission: Admission;
  readonly maxValues: number;
}

async function serveBody(
  options: ServeOptions,
  { id, hop, startedAt, response, record, revocation }: RecordedContext,
  { path, caller, admission, maxValues }: Asked,
  received: Buffer,
): Promise<void> {
  const { key, service } = caller;
  const { body, scanned, resume } = scanBody(received, { path, isService: service !== null, maxValues });
  record.stream = scanned.stream;
  const route = findRoute(options.routes, key, scanned);
  record.model = route.route.model;
  record.service = route.route.service;
  const reservedCompletion = reservationOf(scanned);
  admission.reserve(estimatePrompt(scanned) + reservedCompletion);
  const exchange: Exchange = {
    id,
    response,
    path,
    key,
    route,
    scanned,
    body,
    traceparent: hop.traceparent,
    lowPriority: service?.lowPriority === true,
    showTokens: service?.tokenIds === true && scanned.stream,
    resume,
    admission,
    revocation,
    metrics: options.metrics.model(route.route.model),
    record,
    startedAt,
    affinity: affinityOf(body, scanned),
    failed: new Set(),
    closed: new Set(),
    claims: { lost: 0, shared: 0 },
    excused: false,
    charge: 'used',
    attempts: 0,
    attemptsWithoutProgress: 0,
    continuations: 0,
    divergences: 0,
    eventsSent: 0,
    firstTokenAt: 0,
    promptTokens: null,
    completionTokens: null,
    replica: null,
    clientLeft: false,
  };
  try {
    await runExchange(options, exchange, reservedCompletion);
  } finally {
    close(options, exchange);
  }
}

function requireJson(contentType: string | undefined): void {
  if (contentType === undefined || /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i.test(contentType)) return;
  throw new KumikiError('unsupported_media_type', { contentType: contentType.slice(0, 100) });
}

interface ScannedBody {
  readonly body: Buffer;
  readonly scanned: ScannedRequest;
  readonly resume: Resume | null;
}

interface Reading {
  readonly path: ModelPath;
  readonly isService: boolean;
  readonly maxValues: number;
}

function scanBody(body: Buffer, { path, isService, maxValues }: Reading): ScannedBody {
  const scanned = scan(body, maxValues);
  if (!scanned.hasResume) return { body, scanned, resume: null };
  if (!isService) throw new KumikiError('unknown_parameter', { param: resumeKey, hint: '' });
  const taken = takeResume(body, path, scanned);
  return { ...taken, scanned: scan(taken.body, maxValues) };
}

function scan(body: Buffer, maxValues: number): ScannedRequest {
  const result = scanRequest(body, maxValues);
  if (!result.ok) throw new KumikiError(result.code, result.details);
  const { value } = result;
  if (value.hasContinuation) throw new KumikiError('unknown_parameter', { param: continuationKey, hint: '' });
  if (value.model === null) {
    throw new KumikiError('invalid_value', { param: 'model', reason: 'it is missing; name one of GET /v1/models' });
  }
  return value;
}

function findRoute(routes: RouteIndex, key: KeyRecord, scanned: ScannedRequest): Route {
  const model = scanned.model ?? '';
  const route = routes.find(model);
  if (route === null || !mayUse(key, route.route.model)) throw modelNotFound(routes, key, model);
  return route;
}

function reservationOf(scanned: ScannedRequest): number {
  if (scanned.input !== null) return 0;
  const perChoice = scanned.maxCompletionTokens ?? scanned.maxTokens ?? defaultReservedCompletion;
  return perChoice * Math.max(1, scanned.n ?? 1);
}

function estimatePrompt(scanned: ScannedRequest): number {
  const span = scanned.messages ?? scanned.prompt ?? scanned.input;
  return span === null ? 0 : Math.ceil((span.end - span.start) / bytesPerToken);
}

/**
 * Hash of the beginning of the conversation, up to and with its first user message: the same at every turn of it, and
 * another for another conversation under the same system prompt.
 */
function affinityOf(body: Buffer, scanned: ScannedRequest): number | null {
  const span = scanned.messages ?? scanned.prompt;
  if (span === null || span.end - span.start < minAffinityBytes) return null;
  const end = scanned.messages !== null && scanned.firstUserMessageEnd !== -1 ? scanned.firstUserMessageEnd : span.end;
  return hashBytes(body, span.start, end);
}

/** A prompt that a worker refused costs at most this share of what its key may use in a minute. */
const maxRefusedShare = 1 / 4;

/**
 * Tokens that count against the key's limit; null when nobody can tell, which leaves what was reserved. So does what was
 * refused as poison or took too long: it has cost more than any answer. A request that a worker refused costs what its
 * prompt was estimated at, since it was read and counted, within a bound: one bad request must not lock its key for as
 * long as a large debt takes to refill. What failed by our fault before its first token costs nothing.
 */
function tokensUsed(exchange: Exchange): number | null {
  const { promptTokens, completionTokens, eventsSent, clientLeft, response, scanned, charge, key } = exchange;
  if (promptTokens !== null) return promptTokens + (completionTokens ?? 0);
  if (charge === 'reserved') return null;
  if (charge === 'prompt') {
    return Math.min(estimatePrompt(scanned), Math.ceil((key.limits.tokens_per_minute ?? 0) * maxRefusedShare));
  }
  if (eventsSent > 0 || (scanned.stream && clientLeft)) return estimatePrompt(scanned) + eventsSent;
  return clientLeft || (!scanned.stream && response.statusCode === 200) ? null : 0;
}

function statusOf({ revocation, clientLeft, response }: Exchange): number {
  return revocation.error()?.status ?? (clientLeft ? 499 : response.statusCode);
}

/** Settles limits, counts, and writes the one line that says what became of the request. */
function close(options: ServeOptions, exchange: Exchange): void {
  const { metrics, promptTokens, completionTokens } = exchange;
  exchange.admission.settle(tokensUsed(exchange));
  const durationMs = performance.now() - exchange.startedAt;
  metrics.duration.observe(durationMs / 1_000);
  if (promptTokens !== null) metrics.promptTokens.inc(promptTokens);
  if (completionTokens !== null) metrics.completionTokens.inc(completionTokens);
  const { record } = exchange;
  record.prompt_tokens = promptTokens;
  record.completion_tokens = completionTokens ?? (exchange.eventsSent > 0 ? exchange.eventsSent : null);
  options.log.info({
    requestId: exchange.id,
    key_id: exchange.key.id,
    project: exchange.key.project,
    path: exchange.path,
    model: exchange.route.route.model,
    replica: exchange.replica?.endpoint.id,
    status: statusOf(exchange),
    durationMs: Math.round(durationMs),
    ttftMs: exchange.firstTokenAt === 0 ? undefined : Math.round(exchange.firstTokenAt - exchange.startedAt),
    promptTokens,
    completionTokens,
    attempts: exchange.attempts,
    continuations: exchange.continuations,
  });
}
