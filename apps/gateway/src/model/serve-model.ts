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
import { askForBody } from '../http/ask-for-body.ts';
import type { RecordedContext } from '../http/request-context.ts';
import type { Caller } from '../keys/identify-caller.ts';
import { requireUnrevoked } from '../keys/revocation.ts';
import type { Admission } from '../limits/key-limiter.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { Route, RouteIndex } from '../routing/route-index.ts';
import { estimateCompletion, estimatePrompt } from './estimate-tokens.ts';
import { createProgress, type Exchange, type ModelPath } from './exchange.ts';
import { mayUse, modelNotFound } from './list-models.ts';
import { takeResume } from './resume-answer.ts';
import { runExchange } from './run-exchange.ts';
import type { RunOptions } from './run.ts';
import { settleExchange } from './settle-exchange.ts';

const bodyLimits: Readonly<Record<ModelPath, BodyLimits>> = {
  '/v1/chat/completions': limitsOf('/v1/chat/completions'),
  '/v1/completions': limitsOf('/v1/completions'),
  '/v1/embeddings': limitsOf('/v1/embeddings'),
};

/** The limits in the table of paths, looked up once. */
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

/** Serves one request for a model: reads it, checks it, reserves its tokens of the key's limits, and runs it. */
export async function serveModel(
  options: ServeOptions,
  context: RecordedContext,
  path: ModelPath,
  caller: Caller,
  admission: Admission,
): Promise<void> {
  const { request, response } = context;
  const { key } = caller;
  requireJson(request.headers['content-type']);
  const limits = bodyLimits[path];
  const maxBytes = Math.min(options.maxBodyBytes, limits.maxBytes);
  askForBody(response, maxBytes);
  const held = await options.bodies.read(request, maxBytes, key.id);
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
  const reservedCompletion = estimateCompletion(scanned);
  admission.reserve(estimatePrompt(scanned) + reservedCompletion);
  const exchange: Exchange = {
    request: Object.freeze({
      id,
      path,
      key,
      route,
      scanned,
      body,
      traceparent: hop.traceparent,
      lowPriority: service?.lowPriority === true,
      showTokens: service?.tokenIds === true && scanned.stream,
      resume,
      startedAt,
      affinity: affinityOf(body, scanned),
    }),
    progress: createProgress(),
    response,
    admission,
    revocation,
    metrics: options.metrics.model(route.route.model),
    record,
  };
  try {
    await runExchange(options, exchange, reservedCompletion);
  } finally {
    settleExchange(exchange, options.log);
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

/**
 * Hash of the beginning of the conversation up to and including its first user message: equal at every turn of one
 * conversation, and different between conversations with the same system prompt.
 */
function affinityOf(body: Buffer, scanned: ScannedRequest): number | null {
  const span = scanned.messages ?? scanned.prompt;
  if (span === null || span.end - span.start < minAffinityBytes) return null;
  const end = scanned.messages !== null && scanned.firstUserMessageEnd !== -1 ? scanned.firstUserMessageEnd : span.end;
  return hashBytes(body, span.start, end);
}
