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

export const shownOutcomes = ['open', 'completed', 'failed', 'refused', 'cancelled'] as const;
export type ShownOutcome = (typeof shownOutcomes)[number];

/** How it went. What was refused for what the client sent is no failure of the product. */
export function outcomeOf({ outcome, status }: RequestRecord): ShownOutcome {
  return outcome === 'failed' && status !== null && status >= 400 && status < 500 ? 'refused' : outcome;
}

/** The smaller, the more urgent: failed, then retried, refused, then the rest. */
export function concernOf(record: RequestRecord): number {
  const { retries, continuations } = record;
  const outcome = outcomeOf(record);
  if (outcome === 'failed') return 0;
  if (continuations > 0) return 1;
  if (retries > 0) return 2;
  return outcome === 'refused' ? 3 : 4;
}
