import type { RequestRecord } from '@kumiki/api';

/** What follows from a record. Times in milliseconds; `now` is Unix milliseconds, for requests that are open. */

export function durationOf({ started_at, ended_at }: RequestRecord, now: number): number {
  return Math.max(0, (ended_at ?? now) - started_at);
}

/** null without a stream, and before its first token. */
export function ttftOf({ started_at, first_token_at }: RequestRecord): number | null {
  return first_token_at === null ? null : Math.max(0, first_token_at - started_at);
}

/** Of the answer, from its first token on; null when there were too few to tell. */
export function tokensPerSecondOf(record: RequestRecord, now: number): number | null {
  const { first_token_at, ended_at, completion_tokens } = record;
  if (first_token_at === null || completion_tokens === null || completion_tokens < 2) return null;
  const seconds = ((ended_at ?? now) - first_token_at) / 1_000;
  return seconds <= 0 ? null : (completion_tokens - 1) / seconds;
}

/** The less, the sooner somebody should look: failed, then what needed another attempt, then the rest. */
export function concernOf({ outcome, retries, continuations }: RequestRecord): number {
  if (outcome === 'failed') return 0;
  if (continuations > 0) return 1;
  return retries > 0 ? 2 : 3;
}
