import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How much of a body that nothing needs is read, so that its client, which may still be sending, can read the reply. */
export interface DiscardLimits {
  /** After a body up to this length the connection can be used again; after a longer one it closes. */
  readonly keepBytes: number;
  /** The same for a body that does not say how long it is. */
  readonly keepUnsized: boolean;
  /** The connection is cut after this many bytes, */
  readonly maxBytes: number;
  /** after this time, */
  readonly maxMs: number;
  /** or when nothing has come for this long. */
  readonly silenceMs: number;
}

/**
 * For clients that have shown no valid key. 32 MiB are the largest body of a request for a model: a client that sends
 * one with a wrong key is to learn that. Such connections count as resting ones, whose number is limited: see
 * connection-guard.ts.
 */
export const unknownDiscard: DiscardLimits = {
  keepBytes: 131_072,
  keepUnsized: false,
  maxBytes: 33_554_432,
  maxMs: 10_000,
  silenceMs: 2_000,
};

/** For clients with a valid key. */
export const knownDiscard: DiscardLimits = {
  keepBytes: 67_108_864,
  keepUnsized: true,
  maxBytes: 67_108_864,
  maxMs: 120_000,
  silenceMs: 10_000,
};

/** Limits that end no later than a body may take. */
export function withinMs(limits: DiscardLimits, bodyTimeoutMs: number): DiscardLimits {
  return { ...limits, maxMs: Math.min(limits.maxMs, bodyTimeoutMs) };
}

/** Whether the connection can carry another request once the rest of this one's body has been read. */
export function mayKeep({ headers }: IncomingMessage, { keepBytes, keepUnsized }: DiscardLimits): boolean {
  if (headers['transfer-encoding'] !== undefined) return keepUnsized;
  return Number(headers['content-length'] ?? 0) <= keepBytes;
}

/** Requests whose body is being thrown away. */
const discarded = new WeakSet<IncomingMessage>();

/**
 * Throws away what is left of a body, within the limits. Where the connection closes after the reply, it is half-closed
 * first and read on. To be called in the same turn of the event loop as `response.end()`.
 */
export function discardBody(request: IncomingMessage, response: ServerResponse, limits: DiscardLimits): void {
  if (request.complete || request.destroyed || discarded.has(request)) return;
  discarded.add(request);
  const { socket } = request;
  const closing = !response.shouldKeepAlive || response.getHeader('connection') === 'close';
  if (closing) closeInHalves(socket);
  const watch = watchUnread(socket, limits);
  request.on('error', ignore).on('data', watch.check);
  request.on('end', () => {
    watch.stop();
    if (closing) closeWhole(socket);
  });
  request.resume();
}

/** A broken connection emits `close` too, which is handled. */
function ignore(): void {}

/**
 * After its last reply node:http closes a connection with `destroySoon`, together with what has not been read yet. The kernel
 * then resets the connection, and a client that is still sending loses the reply that it has not read (RFC 9112, 9.6).
 */
function closeInHalves(socket: Socket): void {
  socket.destroySoon = () => void socket.end();
}

/** Everything has been read: closing resets nothing. */
function closeWhole(socket: Socket): void {
  delete (socket as Partial<Socket>).destroySoon;
  socket.destroySoon();
}

/** Watches a connection whose remaining input is thrown away. */
export interface UnreadWatch {
  /** Cuts the connection when too much has come. */
  readonly check: () => void;
  readonly stop: () => void;
}

/** Cuts a connection at the limits. Ends by itself when the connection closes. */
export function watchUnread(socket: Socket, { maxBytes, maxMs, silenceMs }: DiscardLimits): UnreadWatch {
  const spanMs = Math.min(silenceMs, maxMs);
  const first = socket.bytesRead;
  let before = first;
  let passedMs = 0;
  const check = (): void => {
    if (socket.bytesRead - first > maxBytes) socket.destroy();
  };
  const checkProgress = (): void => {
    passedMs += spanMs;
    if (passedMs >= maxMs || socket.bytesRead === before) socket.destroy();
    else check();
    before = socket.bytesRead;
  };
  const stop = (): void => {
    clearInterval(timer);
    socket.off('close', stop);
  };
  const timer = setInterval(checkProgress, spanMs);
  timer.unref();
  socket.on('close', stop);
  return { check, stop };
}
