import { type ApiError, toApiError } from '../../api/api-error.ts';
import type { StreamEvent } from '../model/apply-event.ts';
import { backoffMs } from '../model/backoff.ts';
import { isOpen, type ResponseBody } from '../model/turn.ts';

/**
 * The state of a tab's connection to an answer. `lost`: it cannot be followed any more, and retrying would not help.
 */
export type LinkState = 'streaming' | 'reconnecting' | 'lost';

export interface FollowedTurn {
  /** The last event that is known; the stream is opened after it. */
  readonly lastSequence: () => number;
  /** Whether the answer is still being written. */
  readonly isOpen: () => boolean;
  /** Takes an event. `gap` means that some before it are missing. */
  readonly take: (event: StreamEvent) => 'applied' | 'gap';
  /** Takes the whole response, which has ended. */
  readonly settle: (response: ResponseBody) => void;
  readonly link: (state: LinkState, error?: ApiError) => void;
}

export interface FollowWays {
  /** Opens the stream after an event; its data, one JSON each. Throws ApiError. */
  readonly open: (after: number) => Promise<AsyncIterable<string>>;
  readonly fetch: () => Promise<ResponseBody>;
  /** Waits, or until it is worth trying earlier. */
  readonly wait: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly chance: () => number;
  readonly signal: AbortSignal;
}

/**
 * Follows an answer to its end, whatever happens on the way: a broken stream is reopened after the last known event,
 * without a limit. Returns when the answer has ended, is lost, or is no longer needed.
 * @param first a stream that is open already.
 */
export async function followResponse(
  turn: FollowedTurn,
  ways: FollowWays,
  first: AsyncIterable<string> | null = null,
): Promise<void> {
  let stream = first;
  let failures = 0;
  while (turn.isOpen() && !ways.signal.aborted) {
    try {
      stream ??= await ways.open(turn.lastSequence());
      turn.link('streaming');
      if (await readOn(turn, stream)) failures = 0;
      else if (turn.isOpen()) {
        // An empty stream: the answer may have ended and its events may have been deleted.
        const response = await ways.fetch();
        if (!isOpen({ response })) return turn.settle(response);
        failures++;
      }
    } catch (thrown) {
      if (ways.signal.aborted) return undefined;
      const error = toApiError(thrown);
      if (isFinal(error)) return turn.link('lost', error);
      failures++;
    }
    stream = null;
    if (!turn.isOpen() || ways.signal.aborted) return undefined;
    turn.link('reconnecting');
    await ways.wait(backoffMs(failures, ways.chance()));
  }
  return undefined;
}

/** Reads until the stream ends, which it does soon after its last event, or has a gap. @returns whether anything new was in it. */
async function readOn(turn: FollowedTurn, stream: AsyncIterable<string>): Promise<boolean> {
  const before = turn.lastSequence();
  for await (const data of stream) {
    if (turn.take(JSON.parse(data) as StreamEvent) === 'gap') break;
  }
  return turn.lastSequence() > before;
}

/** A refusal would be repeated; busy and failing servers recover. */
export function isFinal(error: ApiError): boolean {
  return (
    error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 425 && error.status !== 429
  );
}
