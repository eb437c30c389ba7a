import type { IncomingMessage } from 'node:http';
import { KumikiError } from '@kumiki/api';
import type { ClientOrigin } from '../http/client-origin.ts';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';
import type { BodyBudget, BodyHold } from './body-budget.ts';
import { readBody } from './read-body.ts';

/** A body must bring this many bytes in every window of time, or end. A bad modem brings 30 KiB. */
const progressWindowMs = 10_000;
const leastBytesPerWindow = 8_192;

/** A body that is held in memory. */
export interface HeldBody {
  /** Empty after `release`. */
  bytes(): Buffer;
  /** Drops the bytes and gives their memory back to the budget. May be called more than once. */
  release(): void;
}

export interface BodyReader {
  /**
   * Reads the whole body into memory of the budget. Returns null when the client has left.
   * @param key id of the key that the body counts for; null for a client without one.
   * Throws KumikiError `body_too_large`, `request_timeout` or `overloaded`.
   */
  read(request: IncomingMessage, maxBytes: number, key: string | null): Promise<HeldBody | null>;
}

export interface BodyReaderOptions {
  readonly wheel: DeadlineWheel;
  readonly budget: BodyBudget;
  readonly origin: ClientOrigin;
  /** Within this time the whole body must have come. */
  readonly bodyTimeoutMs: number;
}

const empty = Buffer.alloc(0);
const nothing: HeldBody = { bytes: () => empty, release: () => {} };

export function createBodyReader({ wheel, budget, origin, bodyTimeoutMs }: BodyReaderOptions): BodyReader {
  const windowMs = Math.min(progressWindowMs, bodyTimeoutMs);
  return {
    async read(request, maxBytes, key) {
      const { headers } = request;
      const length = headers['content-length'];
      if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return nothing;
      const hold = budget.open(key, origin.addressOf(request));
      const watch = { wheel, windowMs, leastBytes: leastBytesPerWindow, limitMs: bodyTimeoutMs, hold };
      const read = await readBody(request, maxBytes, watch);
      if (read.outcome === 'complete') {
        hold.shrink(read.memory);
        return new Held(read.body, hold);
      }
      hold.release();
      switch (read.outcome) {
        case 'aborted':
          return null;
        case 'refused':
          throw read.error;
        case 'too_slow':
          throw new KumikiError('request_timeout', { limitMs: read.limitMs });
        case 'too_large':
          throw new KumikiError('body_too_large', { limitBytes: read.limitBytes });
      }
    },
  };
}

class Held implements HeldBody {
  readonly #hold: BodyHold;
  #bytes: Buffer;

  constructor(bytes: Buffer, hold: BodyHold) {
    this.#bytes = bytes;
    this.#hold = hold;
  }

  bytes(): Buffer {
    return this.#bytes;
  }

  release(): void {
    this.#bytes = empty;
    this.#hold.release();
  }
}
