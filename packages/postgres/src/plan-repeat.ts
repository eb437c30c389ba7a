import { KumikiError } from '@kumiki/api/errors';
import { DatabaseError } from './database.ts';

/** How often and how long work that the database rolled back is repeated. */
export const repeatLimits = {
  /** Runs in all. */
  runs: 5,
  /** After this time no further run begins: PostgreSQL takes a second to find a deadlock. */
  totalMs: 5_000,
  /** Longest wait before the second run; it doubles with every further run. */
  firstMs: 20,
} as const;

/** What to do about work that failed. */
export type RepeatPlan =
  | { readonly kind: 'repeat'; readonly afterMs: number }
  /** `error` is what the caller gets. */
  | { readonly kind: 'give_up'; readonly error: unknown };

/** `retry-after` of a refusal, in milliseconds. */
const retryAfterMs = 1_000;

/** The database chose this work as the one that yields, and has undone all of it (SQLSTATE class 40). */
const undone = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
]);

/** The database gave the work up because of its own load; it would probably do so again at once. */
const tooBusy: Readonly<Record<string, string>> = {
  '55P03': 'A row in the database stayed locked for too long', // lock_not_available
  '57014': 'The database took too long for this and gave it up', // query_canceled: a statement's limit
};

export interface FailedRun {
  readonly error: unknown;
  /** Runs so far, at least one. */
  readonly runs: number;
  /** Since the first run began. */
  readonly elapsedMs: number;
  /** Uniform in [0, 1): spreads those that collided. */
  readonly random: number;
}

/**
 * Whether a statement or transaction that the database has undone is run again. Refusals for a statement's own sake, such
 * as a violated constraint, are passed on, as is what leaves open whether it was committed.
 */
export function planRepeat({ error, runs, elapsedMs, random }: FailedRun): RepeatPlan {
  if (!(error instanceof DatabaseError)) return { kind: 'give_up', error };
  const busy = tooBusy[error.sqlState];
  if (busy !== undefined) return { kind: 'give_up', error: unavailable(busy, error) };
  if (!undone.has(error.sqlState)) return { kind: 'give_up', error };
  const afterMs = Math.ceil(repeatLimits.firstMs * 2 ** (runs - 1) * random);
  if (runs < repeatLimits.runs && elapsedMs + afterMs < repeatLimits.totalMs) return { kind: 'repeat', afterMs };
  return { kind: 'give_up', error: unavailable('Too many requests change the same rows of the database', error) };
}

function unavailable(reason: string, cause: DatabaseError): KumikiError {
  return new KumikiError('service_unavailable', { reason }, { retryAfterMs, cause });
}
