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
import type { Exchange } from './exchange.ts';
import { failed, type Outcome } from './outcome.ts';
import type { FrameRelay } from './relay-frames.ts';
import { tenantTag } from './tenant-tag.ts';

/** How long the end of a message may come after `[DONE]`. */
const lingerMs = 1_000;

export interface AttemptOptions {
  readonly exchange: Exchange;
  readonly state: EndpointState;
  readonly upstream: UpstreamClient;
  readonly wheel: DeadlineWheel;
  readonly body: Buffer;
  /** Ask for token ids in comments. */
  readonly tokenIds: boolean;
  /** Makes what events go to, when the reply is an event stream. */
  readonly openRelay: () => FrameRelay;
  /** Whether the client is behind: then silence is not the upstream's fault. */
  readonly clientFull: () => boolean;
  /** The reply begins. */
  readonly onHead: () => void;
  /** A reply that is no event stream begins; what its server says that it took. */
  readonly onBody: (timings: Timings | null) => void;
  /** A whole reply that is no event stream. */
  readonly onReply: (body: Buffer, contentType: string) => void;
}

/** An attempt under way. */
export interface Attempt {
  readonly outcome: Promise<Outcome>;
  pause(): void;
  resume(): void;
  /** Ends it as the client's leaving. */
  abort(): void;
}

/** Sends a request to one endpoint and relays its reply, under the five deadlines. Never rejects. */
export function startAttempt(options: AttemptOptions): Attempt {
  const { exchange, state, wheel } = options;
  const { deadlines } = exchange.route.route;
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

  /** The last event is here and the end of the message is not: with it, the connection can be used again. */
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
      // Ours give a sign of life while they prefill. Others are silent from the head to the first token, which has a
      // deadline of its own.
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
  // Without a stream the first byte comes with the last: the total deadline is the one that counts.
  const firstToken = exchange.scanned.stream
    ? wheel.arm(deadlines.firstTokenMs, () =>
        end(failed('first_token_timeout', `it gave no token within ${deadlines.firstTokenMs} ms`)),
      )
    : null;
  const total = wheel.arm(remainingMs(exchange), () =>
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

/** What is left of the time for the whole answer, earlier attempts counted. */
function remainingMs(exchange: Exchange): number {
  const elapsedMs = performance.now() - exchange.startedAt;
  return Math.max(1, exchange.route.route.deadlines.totalMs - elapsedMs);
}

function upstreamRequest(options: AttemptOptions, deadlines: Deadlines) {
  const { exchange, state, body } = options;
  const { origin, basePath } = splitUrl(state.endpoint.url);
  const list = [
    'content-type',
    'application/json',
    headers.requestId,
    exchange.id,
    'traceparent',
    exchange.traceparent,
  ];
  if (state.endpoint.authorization !== null) list.push('authorization', state.endpoint.authorization);
  if (options.tokenIds) list.push(headers.tokenIds, '1');
  if (state.endpoint.egress === 'internal') list.push(headers.tenant, tenantTag(exchange.key.project));
  return {
    origin,
    method: 'POST',
    path: basePath + exchange.path,
    headers: list,
    body,
    connectTimeoutMs: deadlines.connectMs,
    // A reply that is no stream has its head when all is done: only the total deadline and the probes watch it.
    headersTimeoutMs: exchange.scanned.stream ? deadlines.headersMs : null,
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
  /** The reply was read to its end, so that its connection can be used again. */
  complete(): boolean;
}

/** Tells the three kinds of reply apart: an event stream, a whole body, an error. */
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
      // A client that already reads an event stream (a ping was enough) cannot be given another kind of reply.
      if (options.exchange.response.headersSent) return failed('protocol_error', 'its reply is no event stream');
      options.onReply(body, contentType);
      return { kind: 'done' };
    },
    isStream: () => stream,
    firstTokenSeen: () => stream && options.exchange.firstTokenAt !== 0,
    complete: () => complete,
  };
}

function describeError(status: number, body: Buffer): Outcome {
  const error = parseUpstreamError(status, body);
  const found = classifyReply(status, error.code);
  switch (found) {
    case 'refused':
      return { kind: 'refused', status, error };
    case 'protocol_error':
      return failed(found, `it answered with a redirect (${status}), which is not followed`);
    case 'credentials_refused':
      // Its words may quote the key.
      return failed(found, `it refused the gateway's credentials (${status})`);
    case 'busy':
    case 'server_error':
      return failed(found, error.message);
  }
}
