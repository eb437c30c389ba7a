import { headers, parseTimings, type Deadlines, type Timings, withoutTrailing } from '@kumiki/api';
import { parseUpstreamError } from '@kumiki/openai';
import { classifyReply } from '@kumiki/policy';
import type { EndpointState } from '../routing/endpoint-state.ts';
import type { Deadline, DeadlineWheel } from '../upstream/deadline-wheel.ts';
import {
  headerValue,
  type ResponseHeaders,
  type UpstreamClient,
  type UpstreamExchange,
  type UpstreamFailure,
} from '../upstream/upstream.ts';
import { censorOutcome } from './censor-outcome.ts';
import { createCollector, maxErrorBytes, maxReplyBytes, type Collector } from './collect-body.ts';
import { errorInAnswer, errorKey } from './error-in-answer.ts';
import type { Exchange, ModelRequest } from './exchange.ts';
import { failed, type Outcome } from './outcome.ts';
import type { FrameRelay } from './relay-frames.ts';
import { tenantTag } from './tenant-tag.ts';

/** How long the end of the HTTP message may take after `[DONE]`. */
const lingerMs = 1_000;

export interface AttemptOptions {
  readonly exchange: Exchange;
  readonly state: EndpointState;
  readonly upstream: UpstreamClient;
  readonly wheel: DeadlineWheel;
  readonly body: Buffer;
  /** Ask for token ids in comments. */
  readonly tokenIds: boolean;
  /** Called when the reply is an event stream; its frames go to the result. */
  readonly openRelay: () => FrameRelay;
  /** Whether the client reads too slowly. Silence of the upstream is then not its fault, since it is paused. */
  readonly clientFull: () => boolean;
  /** The head of the reply has arrived. */
  readonly onHead: () => void;
  /** The head of a reply that is no event stream has arrived, with the timings that the server reports. */
  readonly onBody: (timings: Timings | null) => void;
  /** A whole reply that is no event stream. */
  readonly onReply: (body: Buffer, contentType: string) => void;
}

/** An attempt under way. */
export interface Attempt {
  readonly outcome: Promise<Outcome>;
  pause(): void;
  resume(): void;
  /** Ends it because the client left. */
  abort(): void;
}

/** Sends a request to one endpoint and relays its reply, under five deadlines. Never rejects. */
export function startAttempt(options: AttemptOptions): Attempt {
  const { exchange, state, wheel } = options;
  const { request } = exchange;
  const { deadlines } = request.route.route;
  const reply = createReplyReader(options);
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let silence: Deadline | null = null;
  let linger: Deadline | null = null;
  let ended = false;

  function end(outcome: Outcome): void {
    linger?.clear();
    if (ended) return;
    ended = true;
    total.clear();
    firstToken?.clear();
    silence?.clear();
    state.abandon.delete(abandon);
    if (outcome.kind !== 'done') call.abort();
    else if (!reply.complete()) lingerForEnd();
    resolve(censorOutcome(outcome, state.endpoint));
  }

  /** The last event has arrived, but the end of the HTTP message has not. Once it has, the connection can be reused. */
  function lingerForEnd(): void {
    linger = wheel.arm(lingerMs, () => call.abort());
    call.resume();
  }

  const abandon = () => end(failed('stalled', 'it fails its health probe'));

  function watchSilence(): void {
    silence = wheel.arm(deadlines.betweenTokensMs, () => {
      if (options.clientFull()) watchSilence();
      else end(failed('stalled', `it sent nothing for ${deadlines.betweenTokensMs} ms`));
    });
  }

  const call: UpstreamExchange = options.upstream.request(upstreamRequest(options, deadlines), {
    onHead(status, replyHeaders) {
      reply.head(status, replyHeaders);
      options.onHead();
      // Our workers send comments while they prefill. Others are silent from the head to the first token, which has its
      // own deadline.
      if (reply.isStream() && state.endpoint.healthProbe) watchSilence();
    },
    onData(chunk) {
      silence?.rearm();
      const outcome = reply.data(chunk);
      if (outcome !== null) return end(outcome);
      if (reply.firstTokenSeen()) firstToken?.clear();
      if (silence === null && reply.isStream()) watchSilence();
    },
    onEnd: () => end(reply.end()),
    onError: (failure) => end(describeFailure(failure, deadlines)),
  });
  // Without a stream the first byte comes together with the last, so only the total deadline applies.
  const firstToken = request.scanned.stream
    ? wheel.arm(deadlines.firstTokenMs, () =>
        end(failed('first_token_timeout', `it gave no token within ${deadlines.firstTokenMs} ms`)),
      )
    : null;
  const total = wheel.arm(remainingMs(request), () =>
    end(failed('total_timeout', `it was not done within ${deadlines.totalMs} ms`)),
  );
  state.abandon.add(abandon);
  if (options.clientFull()) call.pause();

  return {
    outcome: promise,
    pause: () => call.pause(),
    resume() {
      silence?.rearm();
      call.resume();
    },
    abort: () => end({ kind: 'client_left' }),
  };
}

/** The rest of the answer's total time, of which earlier attempts have used a part. */
function remainingMs({ startedAt, route }: ModelRequest): number {
  const elapsedMs = performance.now() - startedAt;
  return Math.max(1, route.route.deadlines.totalMs - elapsedMs);
}

function upstreamRequest(options: AttemptOptions, deadlines: Deadlines) {
  const { state, body } = options;
  const { request } = options.exchange;
  const { origin, basePath } = splitUrl(state.endpoint.url);
  const list = ['content-type', 'application/json', headers.requestId, request.id, 'traceparent', request.traceparent];
  if (state.endpoint.authorization !== null) list.push('authorization', state.endpoint.authorization);
  if (options.tokenIds) list.push(headers.tokenIds, '1');
  if (state.endpoint.egress === 'internal') list.push(headers.tenant, tenantTag(request.key.project));
  return {
    origin,
    method: 'POST',
    path: basePath + request.path,
    headers: list,
    body,
    connectTimeoutMs: deadlines.connectMs,
    // The head of a reply that is no stream comes when the answer is complete: only the total deadline and health probes
    // watch it.
    headersTimeoutMs: request.scanned.stream ? deadlines.headersMs : null,
  };
}

const splitUrls = new Map<string, { origin: string; basePath: string }>();
const maxSplitUrls = 4_096;

function splitUrl(url: string): { origin: string; basePath: string } {
  let split = splitUrls.get(url);
  if (split === undefined) {
    const parsed = new URL(url);
    split = { origin: parsed.origin, basePath: withoutTrailing(parsed.pathname, '/') };
    if (splitUrls.size >= maxSplitUrls) splitUrls.clear();
    splitUrls.set(url, split);
  }
  return split;
}

function describeFailure(failure: UpstreamFailure, deadlines: Deadlines): Outcome {
  switch (failure.code) {
    case 'connect_refused':
    case 'egress_denied':
    case 'protocol_error':
      return failed(failure.code, failure.reason);
    case 'connect_timeout':
      return failed('connect_timeout', `it took no connection within ${deadlines.connectMs} ms`);
    case 'headers_timeout':
      return failed('headers_timeout', `it did not begin to reply within ${deadlines.headersMs} ms`);
    case 'broken':
      return { kind: 'failed', failure: 'broken', detail: failure.reason, stale: failure.stale };
  }
}

interface ReplyReader {
  head(status: number, replyHeaders: ResponseHeaders): void;
  data(chunk: Buffer): Outcome | null;
  end(): Outcome;
  isStream(): boolean;
  firstTokenSeen(): boolean;
  /** The reply was read to its end, so its connection can be reused. */
  complete(): boolean;
}

/** Distinguishes the three kinds of reply: an event stream, a whole body, an error. */
function createReplyReader(options: AttemptOptions): ReplyReader {
  let status = 0;
  let contentType = '';
  let stream = false;
  let complete = false;
  let doneSeen = false;
  let collector: Collector | null = null;
  let relay: FrameRelay | null = null;

  return {
    head(replyStatus, replyHeaders) {
      status = replyStatus;
      contentType = headerValue(replyHeaders, 'content-type') ?? '';
      stream = status === 200 && contentType.startsWith('text/event-stream');
      if (stream) {
        relay = options.openRelay();
        return;
      }
      collector = createCollector(status === 200 ? maxReplyBytes : maxErrorBytes);
      options.onBody(parseTimings(headerValue(replyHeaders, headers.timings) ?? ''));
    },
    data(chunk) {
      if (relay !== null) {
        if (doneSeen) return null;
        const outcome = relay.push(chunk);
        doneSeen = outcome?.kind === 'done';
        return outcome;
      }
      if (collector?.add(chunk) !== false) return null;
      if (status === 200) return failed('protocol_error', `its reply is larger than ${maxReplyBytes} bytes`);
      return describeError(status, collector.body());
    },
    end() {
      complete = true;
      if (doneSeen) return { kind: 'done' };
      if (stream) return failed('broken', 'its stream ended before the answer did');
      const body = collector?.body() ?? Buffer.alloc(0);
      if (status !== 200) return describeError(status, body);
      // The client already reads an event stream (a ping is enough), so it cannot be given another kind of reply.
      if (options.exchange.response.headersSent) return failed('protocol_error', 'its reply is no event stream');
      const error = body.length <= maxErrorBytes && body.includes(errorKey) ? errorInAnswer(body.toString()) : null;
      if (error !== null) return error;
      options.onReply(body, contentType);
      return { kind: 'done' };
    },
    isStream: () => stream,
    firstTokenSeen: () => stream && options.exchange.progress.firstTokenAt !== 0,
    complete: () => complete,
  };
}

function describeError(status: number, body: Buffer): Outcome {
  const error = parseUpstreamError(status, body);
  const found = classifyReply(status, error);
  switch (found) {
    case 'refused':
      // For the client, a refusal is the request's fault even if the server reports it as its own.
      return status < 500
        ? { kind: 'refused', status, error }
        : { kind: 'refused', status: 400, error: { ...error, type: null } };
    case 'protocol_error':
      return failed(found, `it answered with a redirect (${status}), which is not followed`);
    case 'credentials_refused':
      // Its error message may quote the key.
      return failed(found, `it refused the gateway's credentials (${status})`);
    case 'busy':
    case 'server_error':
      return failed(found, error.message);
  }
}
