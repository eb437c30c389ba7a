import type { ServerResponse } from 'node:http';
import type { KumikiError } from '@kumiki/api';
import { errorFrame } from '@kumiki/openai';
import type { Deadline, DeadlineWheel } from '../upstream/deadline-wheel.ts';
import { frameChunk, lastFrameChunk } from './frame-chunk.ts';

/** Silence after which the client gets the headers and a first comment, although there is no token yet. */
const headAfterMs = 5_000;

/** Silence after which a comment keeps the connection open; nginx, load balancers and SDKs cut at 60 s to 5 min. */
const pingAfterMs = 10_000;

/** A client that reads nothing for this long is treated as gone. */
const clientStallMs = 120_000;

const ping = Buffer.from(': ping\n\n');
const done = Buffer.from('data: [DONE]\n\n');

export interface ClientStreamOptions {
  readonly response: ServerResponse;
  readonly wheel: DeadlineWheel;
  /** Begin the stream and send comments to keep it open while there is nothing else to send. */
  readonly keepOpen: boolean;
  /** The client has stopped reading: stop reading from the upstream. */
  readonly onFull: () => void;
  /** It reads again. */
  readonly onDrained: () => void;
  /** Additional headers, asked for when the stream begins. */
  readonly headers: () => Record<string, string | number>;
}

/** One server-sent event stream towards a client, from its first byte to its last. */
export interface ClientStream {
  readonly begun: () => boolean;
  /** Writes whole events, one at least, in one write. */
  write(frames: readonly Uint8Array[]): void;
  /** Whether the client is behind. The upstream stays paused until it has caught up. */
  readonly isFull: () => boolean;
  /** Ends the stream normally, with the end mark. */
  finish(): void;
  /** Ends a stream that has begun with an error event and without `[DONE]`, so that no client takes it for complete. */
  fail(error: KumikiError): void;
  /** Stops all timers. The response itself is left alone. */
  release(): void;
}

export function createClientStream(options: ClientStreamOptions): ClientStream {
  const { response, wheel } = options;
  let begun = false;
  /** The reply is chunked, and the chunks are written here. */
  let chunked = false;
  let full = false;
  let quiet: Deadline | null = options.keepOpen ? wheel.arm(headAfterMs, sendPing) : null;

  function sendPing(): void {
    begin();
    quiet = wheel.arm(pingAfterMs, sendPing);
    push([ping]);
  }

  function begin(): void {
    if (begun || response.destroyed) return;
    begun = true;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      ...options.headers(),
    });
    // The reply is chunked, except to a client of HTTP/1.0. From here on `node:http` passes bytes on unchanged.
    chunked = response.chunkedEncoding;
    response.chunkedEncoding = false;
  }

  /** @returns false when the client is behind. */
  function send(frames: readonly Uint8Array[]): boolean {
    const bytes = chunked ? frameChunk(frames) : Buffer.concat(frames);
    const { socket } = response;
    if (socket === null) return response.write(bytes);
    // Otherwise `node:http` corks the socket until the next tick, at the cost of a tick for every token.
    socket.cork();
    const taken = response.write(bytes);
    socket.uncork();
    return taken;
  }

  function push(frames: readonly Uint8Array[]): void {
    if (response.destroyed || send(frames) || full) return;
    full = true;
    quiet?.clear();
    const stalled = wheel.arm(clientStallMs, () => response.destroy());
    const stopWaiting = (): void => stalled.clear();
    options.onFull();
    response.once('close', stopWaiting);
    response.once('drain', () => {
      full = false;
      stalled.clear();
      // A slow reader fills up thousands of times, so no listener may stay behind.
      response.off('close', stopWaiting);
      quiet = wheel.arm(pingAfterMs, sendPing);
      options.onDrained();
    });
  }

  function end(bytes: Uint8Array): void {
    quiet?.clear();
    begin();
    if (!response.destroyed) response.end(chunked ? lastFrameChunk(bytes) : bytes);
  }

  return {
    begun: () => begun,
    isFull: () => full,
    write(frames) {
      begin();
      quiet?.rearm();
      push(frames);
    },
    finish: () => end(done),
    fail: (error) => end(errorFrame(error)),
    release: () => quiet?.clear(),
  };
}
