import type { IncomingMessage } from 'node:http';
import type { KumikiError } from '@kumiki/api';
import type { Deadline } from '../upstream/deadline-wheel.ts';

export type ReadBody =
  /** `memory`: what the body holds, in bytes; at most twice its length. */
  | { readonly outcome: 'complete'; readonly body: Buffer; readonly memory: number }
  /** By its content-length, before a byte was read, or while counting. What is left of it is unread: see {@link drainBody}. */
  | { readonly outcome: 'too_large'; readonly limitBytes: number }
  /** Its time was over before it was whole, or it made no progress. What is left of it is unread. */
  | { readonly outcome: 'too_slow'; readonly limitMs: number }
  /** There is no memory for it. What is left of it is unread. */
  | { readonly outcome: 'refused'; readonly error: KumikiError }
  /** The client went away before the body was whole. */
  | { readonly outcome: 'aborted' };

/** What a body may take while it is read. */
export interface BodyWatch {
  readonly arm: (ms: number, onLate: () => void) => Deadline;
  /** In each such span of time a body must bring so many bytes, or its end; */
  readonly windowMs: number;
  readonly leastBytes: number;
  /** and it must be whole within this one. */
  readonly limitMs: number;
  /** Takes memory for so many bytes in all; returns the refusal when there is none. */
  readonly hold: (bytes: number) => KumikiError | null;
}

/** Memory that a body gets at first, and at least whenever it has outgrown what it has. */
const firstBytes = 65_536;

/**
 * Reads a request's body into one Buffer. What comes in many pieces is put together as it comes: a piece of one byte costs
 * hundreds to keep.
 * @param watch without it there is no limit but `limitBytes`, and the caller destroys the request, which gives `aborted`.
 */
export function readBody(request: IncomingMessage, limitBytes: number, watch?: BodyWatch): Promise<ReadBody> {
  // node:http has refused a length that is no number, and one beside a transfer-encoding.
  const length = request.headers['content-length'];
  const declared = length === undefined ? null : Number(length);
  if (declared !== null && declared > limitBytes) return Promise.resolve({ outcome: 'too_large', limitBytes });
  if (request.destroyed) return Promise.resolve({ outcome: 'aborted' });
  const error = watch?.hold(Math.min(declared ?? limitBytes, firstBytes)) ?? null;
  if (error !== null) return Promise.resolve({ outcome: 'refused', error });
  return new Promise((resolve) => {
    const pieces = createPieces(declared ?? limitBytes);
    const finish = (result: ReadBody): void => {
      stopWatch?.();
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(result);
    };
    const stop = (result: ReadBody): void => {
      request.pause();
      finish(result);
    };
    const stopWatch =
      watch === undefined ? null : watchProgress(watch, pieces, (limitMs) => stop({ outcome: 'too_slow', limitMs }));
    const onData = (chunk: Buffer): void => {
      const bytes = pieces.bytes + chunk.length;
      if (bytes > limitBytes) return stop({ outcome: 'too_large', limitBytes });
      const error = watch?.hold(pieces.capacityFor(bytes)) ?? null;
      if (error !== null) return stop({ outcome: 'refused', error });
      pieces.add(chunk);
    };
    const onEnd = (): void => finish({ outcome: 'complete', ...pieces.whole() });
    const onClose = (): void => finish({ outcome: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    // Stays for good: a connection that breaks while nobody listens must not be an uncaught error.
    request.on('error', ignore);
  });
}

/** Calls back with the time that a body had when it is too slow. Returns what ends the watch. */
function watchProgress(
  watch: BodyWatch,
  pieces: { readonly bytes: number },
  onLate: (limitMs: number) => void,
): () => void {
  const { windowMs, limitMs, leastBytes } = watch;
  let before = 0;
  let passedMs = 0;
  let deadline: Deadline;
  const arm = (): void => {
    const spanMs = Math.min(windowMs, limitMs - passedMs);
    deadline = watch.arm(spanMs, () => {
      passedMs += spanMs;
      if (passedMs >= limitMs) return onLate(limitMs);
      if (pieces.bytes - before < leastBytes) return onLate(spanMs);
      before = pieces.bytes;
      arm();
    });
  };
  arm();
  return () => deadline.clear();
}

interface Pieces {
  readonly bytes: number;
  /** Bytes of memory with so many bytes of body. */
  capacityFor(bytes: number): number;
  add(chunk: Buffer): void;
  whole(): { readonly body: Buffer; readonly memory: number };
}

/** A body as it grows. One that comes in one piece is that piece. @param most bytes that it can have. */
function createPieces(most: number): Pieces {
  let only: Buffer | null = null;
  let buffer: Buffer | null = null;
  let bytes = 0;
  const capacityFor = (wanted: number): number => {
    if (bytes === 0) return wanted;
    const capacity = buffer?.length ?? 0;
    return wanted <= capacity ? capacity : Math.min(most, Math.max(wanted, 2 * capacity, firstBytes));
  };
  return {
    get bytes() {
      return bytes;
    },
    capacityFor,
    add(chunk) {
      if (bytes === 0) {
        only = chunk;
      } else {
        const capacity = capacityFor(bytes + chunk.length);
        if (buffer === null || buffer.length < capacity) {
          const larger = Buffer.allocUnsafeSlow(capacity);
          (buffer ?? only)?.copy(larger, 0, 0, bytes);
          buffer = larger;
          only = null;
        }
        chunk.copy(buffer, bytes);
      }
      bytes += chunk.length;
    },
    whole() {
      if (only !== null || buffer === null) return { body: only ?? Buffer.alloc(0), memory: bytes };
      const body = buffer.subarray(0, bytes);
      // A short one is not worth the memory that it got at first.
      return bytes < firstBytes ? { body: Buffer.from(body), memory: bytes } : { body, memory: buffer.length };
    },
  };
}

/** `close` follows every error of a request and tells all that matters. */
function ignore(): void {}

/** Most bytes that are read and thrown away so that a client that is still sending can read its refusal. */
const maxDrainBytes = 67_108_864;

/**
 * Reads and throws away what is left of a body.
 * @returns whether its end was reached; if not, the connection must be closed after the reply.
 */
export function drainBody(request: IncomingMessage, limitBytes: number = maxDrainBytes): Promise<boolean> {
  if (request.complete || request.destroyed) return Promise.resolve(request.complete);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limitBytes) return Promise.resolve(false);
  return new Promise((resolve) => {
    let bytes = 0;
    const finish = (ended: boolean): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(ended);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= limitBytes) return;
      request.pause();
      finish(false);
    };
    const onEnd = (): void => finish(true);
    const onClose = (): void => finish(false);
    request.on('error', ignore).on('data', onData).on('end', onEnd).on('close', onClose);
    request.resume();
  });
}
