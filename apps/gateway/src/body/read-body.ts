import type { IncomingMessage } from 'node:http';
import type { KumikiError } from '@kumiki/api';
import type { Deadline, DeadlineWheel } from '../upstream/deadline-wheel.ts';
import type { BodyHold } from './body-budget.ts';

export type ReadBody =
  /** `memory`: bytes that the body occupies, at most twice its length. */
  | { readonly outcome: 'complete'; readonly body: Buffer; readonly memory: number }
  /** Larger than the limit, by its content-length or by counting. The rest of it is unread. */
  | { readonly outcome: 'too_large'; readonly limitBytes: number }
  /** It did not arrive completely in time, or made no progress. The rest of it is unread. */
  | { readonly outcome: 'too_slow'; readonly limitMs: number }
  /** There is no memory for it. The rest of it is unread. */
  | { readonly outcome: 'refused'; readonly error: KumikiError }
  /** The client left before the body was whole. */
  | { readonly outcome: 'aborted' };

/** The limits of time and memory under which a body is read. */
export interface BodyWatch {
  readonly wheel: DeadlineWheel;
  /** In every window the body must bring `leastBytes`, or end. */
  readonly windowMs: number;
  readonly leastBytes: number;
  /** The body must be whole within this time. */
  readonly limitMs: number;
  /** Takes the memory for the body. */
  readonly hold: BodyHold;
}

/** The first allocation for a body, and the least of every further one. */
const firstBytes = 65_536;

const aborted: ReadBody = { outcome: 'aborted' };

/**
 * Reads a request's body into one Buffer. Pieces are joined as they come, because keeping a piece of one byte costs hundreds.
 * @param watch null for no limit besides `limitBytes`; the caller may destroy the request, which gives `aborted`.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  watch: BodyWatch | null = null,
): Promise<ReadBody> {
  // node:http has already refused a length that is not a number, or that stands beside a transfer-encoding.
  const length = request.headers['content-length'];
  const mostBytes = length === undefined ? limitBytes : Number(length);
  if (mostBytes > limitBytes) return Promise.resolve({ outcome: 'too_large', limitBytes });
  if (request.destroyed) return Promise.resolve(aborted);
  const error = watch?.hold.grow(Math.min(mostBytes, firstBytes)) ?? null;
  if (error !== null) return Promise.resolve({ outcome: 'refused', error });
  return new Promise((resolve) => {
    const body = new GrowingBody(mostBytes);
    let progress: Progress | null = null;
    const finish = (result: ReadBody): void => {
      progress?.end();
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(result);
    };
    const stop = (result: ReadBody): void => {
      request.pause();
      finish(result);
    };
    const onData = (chunk: Buffer): void => {
      const bytes = body.bytes + chunk.length;
      if (bytes > limitBytes) return stop({ outcome: 'too_large', limitBytes });
      const error = watch?.hold.grow(body.capacityFor(bytes)) ?? null;
      if (error !== null) return stop({ outcome: 'refused', error });
      body.add(chunk);
    };
    const onEnd = (): void => finish(body.whole());
    const onClose = (): void => finish(aborted);
    if (watch !== null) progress = new Progress(watch, body, stop);
    // The error listener stays: without one, a connection that breaks later would be an uncaught error.
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignore);
  });
}

/** Stops reading a body that is too slow. */
class Progress {
  readonly #watch: BodyWatch;
  readonly #body: GrowingBody;
  readonly #stop: (result: ReadBody) => void;
  readonly #onWindow = (): void => this.#check();
  #deadline: Deadline;
  #spanMs = 0;
  #passedMs = 0;
  #bytesBefore = 0;

  constructor(watch: BodyWatch, body: GrowingBody, stop: (result: ReadBody) => void) {
    this.#watch = watch;
    this.#body = body;
    this.#stop = stop;
    this.#deadline = this.#arm();
  }

  end(): void {
    this.#deadline.clear();
  }

  #arm(): Deadline {
    const { wheel, windowMs, limitMs } = this.#watch;
    this.#spanMs = Math.min(windowMs, limitMs - this.#passedMs);
    return wheel.arm(this.#spanMs, this.#onWindow);
  }

  #check(): void {
    const { limitMs, leastBytes } = this.#watch;
    this.#passedMs += this.#spanMs;
    if (this.#passedMs >= limitMs) return this.#stop({ outcome: 'too_slow', limitMs });
    if (this.#body.bytes - this.#bytesBefore < leastBytes) {
      return this.#stop({ outcome: 'too_slow', limitMs: this.#spanMs });
    }
    this.#bytesBefore = this.#body.bytes;
    this.#deadline = this.#arm();
  }
}

/** A body while it grows. A body that comes in one piece is not copied. */
class GrowingBody {
  readonly #mostBytes: number;
  #only: Buffer | null = null;
  #buffer: Buffer | null = null;
  bytes = 0;

  /** @param mostBytes the most bytes that the body can have. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Memory needed when the body has this many bytes. */
  capacityFor(bytes: number): number {
    if (this.bytes === 0) return bytes;
    const capacity = this.#buffer?.length ?? 0;
    return bytes <= capacity ? capacity : Math.min(this.#mostBytes, Math.max(bytes, 2 * capacity, firstBytes));
  }

  add(chunk: Buffer): void {
    if (this.bytes === 0) this.#only = chunk;
    else this.#append(chunk);
    this.bytes += chunk.length;
  }

  #append(chunk: Buffer): void {
    const capacity = this.capacityFor(this.bytes + chunk.length);
    let buffer = this.#buffer;
    if (buffer === null || buffer.length < capacity) {
      const larger = Buffer.allocUnsafeSlow(capacity);
      (buffer ?? this.#only)?.copy(larger, 0, 0, this.bytes);
      buffer = larger;
      this.#buffer = larger;
      this.#only = null;
    }
    chunk.copy(buffer, this.bytes);
  }

  whole(): ReadBody {
    const memory = this.bytes;
    if (this.#buffer === null) return { outcome: 'complete', body: this.#only ?? Buffer.alloc(0), memory };
    const body = this.#buffer.subarray(0, memory);
    // A short body moves to a buffer of its size, which frees the first allocation.
    if (memory < firstBytes) return { outcome: 'complete', body: Buffer.from(body), memory };
    return { outcome: 'complete', body, memory: this.#buffer.length };
  }
}

/** Every error of a request is followed by `close`, which is handled. */
function ignore(): void {}
