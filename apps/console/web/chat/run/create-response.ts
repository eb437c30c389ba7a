import { toApiError } from '../../api/api-error.ts';
import type { StreamEvent } from '../model/apply-event.ts';
import { backoffMs } from '../model/backoff.ts';
import type { RequestBody } from '../model/build-request.ts';
import type { ResponseBody } from '../model/turn.ts';
import { isFinal } from './follow-response.ts';
import type { OpenStream } from './open-stream.ts';

export interface Created {
  readonly response: ResponseBody;
  readonly sequence: number;
  /** The events after the first. */
  readonly rest: AsyncIterable<string>;
  readonly requestId: string | null;
}

export interface CreateWays {
  /** Sends the request under its key. Throws ApiError. */
  readonly post: (body: RequestBody, key: string) => Promise<OpenStream>;
  readonly wait: (ms: number) => Promise<void>;
  readonly chance: () => number;
  readonly signal: AbortSignal;
  /** Called before each attempt after the first. */
  readonly again: () => void;
}

/** Attempts to begin a response before the person is asked. */
const maxAttempts = 8;

/**
 * Begins a response. A reply that was lost leaves open whether it began, so that every attempt carries the same
 * `Idempotency-Key`: at most one begins. Throws ApiError when it is refused or cannot be reached for long.
 */
export async function createResponse(body: RequestBody, key: string, ways: CreateWays): Promise<Created> {
  for (let attempt = 0; ; attempt++) {
    try {
      const { events, requestId } = await ways.post(body, key);
      const iterator = events[Symbol.asyncIterator]();
      const first = await iterator.next();
      if (first.done !== true) {
        const event = JSON.parse(first.value) as StreamEvent & { readonly response: ResponseBody };
        return { response: event.response, sequence: event.sequence_number, rest: restOf(iterator), requestId };
      }
    } catch (thrown) {
      ways.signal.throwIfAborted();
      const error = toApiError(thrown);
      if (isFinal(error) || attempt + 1 >= maxAttempts) throw error;
    }
    ways.again();
    await ways.wait(backoffMs(attempt, ways.chance()));
  }
}

function restOf(iterator: AsyncIterator<string>): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => iterator };
}
