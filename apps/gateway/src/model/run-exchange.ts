import { type Endpoint, headers, KumikiError, tokensForgottenFrame } from '@kumiki/api';
import { closesEndpoint, continuationMode, judge, type Failure, type PoisonVerdict } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import { sendError } from '../http/send-error.ts';
import { formatDuration } from '../limits/format-duration.ts';
import type { LoadMeter } from '../load/load-meter.ts';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import type { RequestLog } from '../requests/request-log.ts';
import type { EndpointState } from '../routing/endpoint-state.ts';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';
import type { UpstreamClient } from '../upstream/upstream.ts';
import { answerFacts, isWhole } from './answer-facts.ts';
import { startAttempt, type Attempt } from './attempt.ts';
import { type Claim, openClaim } from './claim.ts';
import { createClientStream, type ClientStream } from './client-stream.ts';
import { describeSize } from './describe-size.ts';
import type { Exchange } from './exchange.ts';
import { learn } from './learn.ts';
import type { Outcome } from './outcome.ts';
import { type Accepts, answersOf, type Picker, type Place } from './pick-endpoint.ts';
import { createRecording, type Recorded, type Recording } from './recording.ts';
import { createFrameRelay, type Notice } from './relay-frames.ts';
import { seedRecording } from './resume-answer.ts';
import { answerHeaders, cachedTokens, sendRefusal, sendReply } from './send-reply.ts';
import { planContinuation, planFresh, type AttemptPlan } from './stream-answer.ts';
import { watchAttempt, type AttemptWatch } from './watch-attempt.ts';

/** Tokens by which a stream's reservation grows once it has outgrown it. */
const reservationStep = 64;

/** Told to a client when every replica is busy, in milliseconds. */
const busyRetryMs = 1_000;

const anyEndpoint: readonly Accepts[] = [() => true];

const tokensForgotten = Buffer.from(tokensForgottenFrame);

export interface RunOptions {
  readonly picker: Picker;
  readonly wheel: DeadlineWheel;
  readonly upstreamFor: (endpoint: Endpoint) => UpstreamClient;
  readonly metrics: GatewayMetrics;
  readonly requests: RequestLog;
  readonly load: LoadMeter;
  readonly log: Log;
}

/** One exchange under way. */
interface Run {
  readonly options: RunOptions;
  readonly exchange: Exchange;
  /** Made when a stream begins; see {@link recordingOf}. */
  recording: Recording | null;
  readonly client: ClientStream;
  attempt: Attempt | null;
  /** Completion tokens that the key's reservation covers. */
  covered: number;
  /** The revision whose token ids are recorded; null when none were asked for. */
  revision: string | null;
  /** The one that a service was told, once it was told any. */
  told: string | null;
  /** A service was told, or will be before the next event, that token ids no longer cover the answer. */
  forgotten: boolean;
  readonly notice: Notice;
  busy: number;
}

/**
 * Carries one request to its end: attempt after attempt until the answer is whole, refused, given up, or not wanted
 * any more. The client sees one reply. Never rejects.
 * @param reservedCompletion completion tokens that were reserved of the key's limit.
 */
export async function runExchange(options: RunOptions, exchange: Exchange, reservedCompletion: number): Promise<void> {
  const run: Run = {
    options,
    exchange,
    recording: null,
    client: createClientStream({
      response: exchange.response,
      wheel: options.wheel,
      // Without a stream there is nothing that a comment could keep open.
      keepOpen: exchange.scanned.stream,
      onFull: () => run.attempt?.pause(),
      onDrained: () => run.attempt?.resume(),
      headers: () => streamHeaders(run),
    }),
    attempt: null,
    covered: reservedCompletion,
    revision: null,
    told: null,
    forgotten: false,
    notice: { pending: null },
    busy: 0,
  };
  exchange.response.once('close', () => {
    exchange.clientLeft ||= !exchange.response.writableFinished;
    if (exchange.clientLeft) run.attempt?.abort();
  });
  exchange.revocation.handle((error) => cut(run, error));
  try {
    seed(run);
    await attemptUntilEnd(run);
  } catch (thrown) {
    if (!(thrown instanceof KumikiError)) options.log.error({ requestId: exchange.id, err: thrown }, 'exchange failed');
    fail(run, thrown instanceof KumikiError ? thrown : new KumikiError('internal_error', {}, { cause: thrown }));
  } finally {
    run.client.release();
  }
}

function recordingOf(run: Run): Recording {
  return (run.recording ??= createRecording(run.exchange.path));
}

/** Takes what a service has of the answer for sent. */
function seed(run: Run): void {
  const { exchange } = run;
  if (exchange.resume === null) return;
  const { events, usage } = seedRecording(recordingOf(run), exchange.resume);
  if (events === 0) return;
  run.revision = exchange.resume.revision;
  exchange.eventsSent = events;
  exchange.firstTokenAt = exchange.startedAt;
  exchange.promptTokens = usage?.prompt_tokens ?? null;
  exchange.completionTokens = usage?.completion_tokens ?? null;
}

function streamHeaders(run: Run): Record<string, string | number> {
  const result = answerHeaders(run.exchange);
  if (!run.exchange.showTokens || run.forgotten || run.revision === null) return result;
  run.told = run.revision;
  return { ...result, [headers.revision]: run.revision };
}

/** A service must not take the token ids that it has for the whole answer, or for another revision's. */
function tellForgotten(run: Run): void {
  if (!run.exchange.showTokens || run.forgotten) return;
  run.forgotten = true;
  run.notice.pending = tokensForgotten;
}

async function attemptUntilEnd(run: Run): Promise<void> {
  const { exchange } = run;
  for (;;) {
    const begun = exchange.eventsSent > 0 ? recordingOf(run).read() : null;
    if (begun !== null && isWhole(exchange, begun)) return run.client.finish();
    const place = await nextPlace(run, begun);
    let tried: Tried | null;
    try {
      tried = await tryPlace(run, place, begun);
    } finally {
      place.leave();
    }
    if (tried === null) return;
    const { outcome, verdict } = tried;
    if (outcome.kind === 'done' || outcome.kind === 'client_left') return;
    if (outcome.kind === 'refused') return refuse(run, outcome);
    if (verdict?.kind === 'refuse') throw poisonous(run, verdict.claims);
    if (outcome.stale === true && verdict === null) {
      exchange.record.retries++;
      continue;
    }
    afterFailure(run, outcome);
  }
}

/** Who goes next: from the beginning, or from where the last one stopped. */
function nextPlace({ exchange, options, client, revision }: Run, begun: Recorded | null): Promise<Place> {
  if (begun === null) return options.picker.pick(exchange, client.begun(), anyEndpoint);
  const facts = answerFacts(exchange, begun, revision);
  return options.picker.pick(exchange, true, [
    ({ endpoint }) => !exchange.closed.has(endpoint.id) && continuationMode(endpoint, facts) === 'token_ids',
    ({ endpoint }) => !exchange.closed.has(endpoint.id) && continuationMode(endpoint, facts) !== null,
  ]);
}

/** How the attempt goes there. */
function planAttempt(run: Run, state: EndpointState, begun: Recorded | null): AttemptPlan {
  const { exchange } = run;
  if (begun === null) {
    const plan = planFresh(exchange, state);
    run.revision = plan.tokenIds ? state.endpoint.revision : null;
    if (run.client.begun() && run.told !== run.revision) tellForgotten(run);
    return plan;
  }
  const plan = planContinuation(exchange, state, begun, answerFacts(exchange, begun, run.revision), recordingOf(run));
  if (!plan.tokenIds) tellForgotten(run);
  return plan;
}

interface Tried {
  readonly outcome: Outcome;
  /** Whether the request itself is suspected when the endpoint was lost; null when it was not. */
  readonly verdict: PoisonVerdict | null;
}

/** One attempt at one endpoint, and what it taught us about that endpoint; null when the client has left. */
async function tryPlace(run: Run, { state }: Place, begun: Recorded | null): Promise<Tried | null> {
  const { exchange, options, client } = run;
  const sentBefore = exchange.eventsSent;
  if (exchange.clientLeft) return null;
  const plan = planAttempt(run, state, begun);
  exchange.attempts++;
  exchange.replica = state;
  const watch = watchAttempt(options, exchange, state);
  const places = answersOf(exchange);
  const claim = openClaim(state, exchange, { places, begun: sentBefore > 0, now: () => performance.now() });
  run.attempt = startAttempt({
    exchange,
    state,
    upstream: options.upstreamFor(state.endpoint),
    wheel: options.wheel,
    body: plan.body,
    tokenIds: plan.tokenIds,
    openRelay: () =>
      createFrameRelay({
        client,
        recording: recordingOf(run),
        hideUsage: !exchange.scanned.includeUsage,
        rewrite: plan.rewrite,
        showTokens: exchange.showTokens,
        notice: run.notice,
        onUsage(usage) {
          exchange.promptTokens = usage.prompt_tokens;
          exchange.completionTokens = usage.completion_tokens;
          exchange.record.cached_tokens = cachedTokens(usage);
        },
        onTimings: watch.timings,
        onEvent: () => countEvent(run, watch, claim),
      }),
    clientFull: client.isFull,
    onHead: claim.prepared,
    onBody: watch.body,
    onReply: (body, contentType) => sendReply(exchange, body, contentType),
  });
  const outcome = await run.attempt.outcome;
  run.attempt = null;
  const verdict = claim.end(outcome);
  watch.end(outcome);
  learn(state, outcome, options.metrics, options.log);
  if (exchange.eventsSent > sentBefore) {
    exchange.attemptsWithoutProgress = 0;
    exchange.failed.clear();
  }
  return { outcome, verdict };
}

function countEvent(run: Run, watch: AttemptWatch, claim: Claim): void {
  const { exchange } = run;
  if (exchange.eventsSent++ === 0) {
    exchange.firstTokenAt = performance.now();
    exchange.metrics.timeToFirstToken.observe((exchange.firstTokenAt - exchange.startedAt) / 1_000);
  }
  if (!watch.begun()) {
    watch.first();
    claim.proven();
  }
  if (exchange.eventsSent <= run.covered) return;
  run.covered += reservationStep;
  exchange.admission.extend(reservationStep);
}

type Failed = Extract<Outcome, { kind: 'failed' }>;

/** Returns when another attempt is to be made; throws when not. */
function afterFailure(run: Run, { failure, detail, inner = detail }: Failed): void {
  const { exchange, options } = run;
  if (exchange.replica !== null) exchange.failed.add(exchange.replica.endpoint.id);
  const begun = exchange.eventsSent > 0;
  if (closesEndpoint(failure) && exchange.replica !== null) {
    exchange.closed.add(exchange.replica.endpoint.id);
    const open = options.picker.endpointsOf(exchange).some(({ endpoint }) => !exchange.closed.has(endpoint.id));
    if (!open) throw finalError(run, failure, detail);
  }
  if (failure === 'busy') {
    run.busy++;
    const endpoints = options.picker.endpointsOf(exchange);
    if (!begun && run.busy >= endpoints.length) throw busy(exchange, endpoints, detail);
  } else {
    exchange.attemptsWithoutProgress++;
  }
  if (failure === 'diverged') exchange.divergences++;
  const verdict = judge(failure, {
    attempts: exchange.attempts,
    attemptsWithoutProgress: exchange.attemptsWithoutProgress,
    divergences: exchange.divergences,
    begun,
    obstacle: begun && recordingOf(run).read() === null ? 'more was sent than is kept for continuing it' : null,
  });
  options.log.info(
    { requestId: exchange.id, endpoint: exchange.replica?.endpoint.id, failure, reason: inner, next: verdict.kind },
    'attempt failed',
  );
  if (verdict.kind === 'give_up') {
    const reason = `${detail}; ${verdict.reason}`;
    throw verdict.forGood ? new KumikiError('stream_interrupted', { reason }) : finalError(run, failure, reason);
  }
  if (verdict.kind === 'again') {
    exchange.record.retries++;
    return exchange.metrics.retries.inc();
  }
  exchange.record.continuations++;
  exchange.continuations++;
  exchange.metrics.continuations.inc();
}

/** A service that keeps the answer is told what failed: it may ask for the rest later, unless the answer itself broke. */
function finalError(run: Run, failure: Failure, reason: string): KumikiError {
  if (run.client.begun() && !run.exchange.showTokens) return new KumikiError('stream_interrupted', { reason });
  if (failure === 'first_token_timeout' || failure === 'total_timeout' || failure === 'headers_timeout') {
    const { firstTokenMs, totalMs } = run.exchange.route.route.deadlines;
    const limitMs = failure === 'total_timeout' ? totalMs : firstTokenMs;
    return new KumikiError('upstream_timeout', {
      server: 'The model server',
      what: failure === 'total_timeout' ? 'finish' : 'begin to answer',
      limitMs,
    });
  }
  return new KumikiError('upstream_error', { reason });
}

/** It has ended or stopped as many replicas as a request may, and gets no other. */
function poisonous({ options, exchange }: Run, claims: number): KumikiError {
  const size = describeSize(exchange.body);
  options.log.warn({ requestId: exchange.id, key_id: exchange.key.id, claims, size }, 'request refused as poison');
  return new KumikiError('poisonous_request', { what: 'This request', claims, size });
}

function busy(exchange: Exchange, endpoints: readonly EndpointState[], detail: string): KumikiError {
  const limit = endpoints.reduce((sum, state) => sum + state.endpoint.maxInFlight, 0);
  const details = { model: exchange.route.route.model, limit, retryAfter: formatDuration(busyRetryMs) };
  return new KumikiError('queue_full', details, { retryAfterMs: busyRetryMs, cause: detail });
}

function refuse(run: Run, outcome: Extract<Outcome, { kind: 'refused' }>): void {
  run.exchange.charge = 'prompt';
  if (run.client.begun()) fail(run, new KumikiError('stream_interrupted', { reason: outcome.error.message }));
  else sendRefusal(run.exchange, outcome.status, outcome.error);
}

/** Ends the exchange as if its client had left, but says why. */
function cut({ exchange, client, attempt }: Run, error: KumikiError): void {
  if (exchange.clientLeft || exchange.response.writableEnded) return;
  exchange.record.error_code = error.code;
  if (client.isFull()) exchange.response.destroy();
  else if (client.begun()) client.fail(error);
  else sendError(exchange.response, error);
  exchange.clientLeft = true;
  attempt?.abort();
}

function fail(run: Run, error: KumikiError): void {
  const { exchange, client } = run;
  if (error.code === 'poisonous_request' || error.code === 'upstream_timeout') exchange.charge = 'reserved';
  if (exchange.clientLeft) return;
  exchange.record.error_code = error.code;
  if (!client.begun()) return sendError(exchange.response, error);
  exchange.metrics.lostStreams.inc();
  const cut = exchange.eventsSent > 0 && error.code !== 'stream_interrupted';
  if (cut) exchange.record.error_code = 'stream_interrupted';
  client.fail(cut && !exchange.showTokens ? new KumikiError('stream_interrupted', { reason: error.message }) : error);
}
