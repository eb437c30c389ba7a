import type { IncomingMessage } from 'node:http';
import type { KumikiError } from '@kumiki/api';
import type { Deadline, DeadlineWheel } from '../upstream/deadline-wheel.ts';
import type { BodyHold } from './body-budget.ts';

export type ReadBody =
  /** `memory`: what the body holds, in bytes; at most twice its length. */
  | { readonly outcome: 'complete'; readonly body: Buffer; readonly memory: number }
  /** By its content-length, before a byte was read, or while counting. What is left of it is unread. */
  | { readonly outcome: 'too_large'; readonly limitBytes: number }
  /** Its time was over before it was whole, or it made no progress. What is left of it is unread. */
  | { readonly outcome: 'too_slow'; readonly limitMs: number }
  /** There is no memory for it. What is left of it is unread. */
  | { readonly outcome: 'refused'; readonly error: KumikiError }
  /** The client went away before the body was whole. */
  | { readonly outcome: 'aborted' };

/** What a body may take while it is read. */
export interface BodyWatch {
  readonly wheel: DeadlineWheel;
  /** In each such span of time a body must bring so many bytes, or its end; */
  readonly windowMs: number;
  readonly leastBytes: number;
  /** and it must be whole within this one. */
  readonly limitMs: number;
  /** Memory for it is taken here. */
  readonly hold: BodyHold;
}

/** Memory that a body gets at first, and at least whenever it has outgrown what it has. */
const firstBytes = 65_536;

const aborted: ReadBody = { outcome: 'aborted' };

/**
 * Reads a request's body into one Buffer. What comes in many pieces is put together as it comes: a piece of one byte costs
 * hundreds to keep.
 * @param watch without it there is no limit but `limitBytes`, and the caller destroys the request, which gives `aborted`.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  watch: BodyWatch | null = null,
): Promise<ReadBody> {
  // node:http has refused a length that is no number, and one beside a transfer-encoding.
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
    // Stays for good: a connection that breaks while nobody listens must not be an uncaught error.
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignore);
  });
}

/** Ends the reading of a body that is too slow. */
class Progress {
  readonly #watch: BodyWatch;
  readonly #body: GrowingBody;
  readonly #stop: (result: ReadBody) => void;
  readonly #onWindow = (): void => this.#look();
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

  #look(): void {
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

/** A body as it grows. One that comes in one piece is that piece. */
class GrowingBody {
  readonly #mostBytes: number;
  #only: Buffer | null = null;
  #buffer: Buffer | null = null;
  bytes = 0;

  /** @param mostBytes that it can have. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Bytes of memory with so many bytes of body. */
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
    // A short one is not worth the memory that it got at first.
    if (memory < firstBytes) return { outcome: 'complete', body: Buffer.from(body), memory };
    return { outcome: 'complete', body, memory: this.#buffer.length };
  }
}

/** `close` follows every error of a request and tells all that matters. */
function ignore(): void {}
