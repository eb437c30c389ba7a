import type { AttemptFailure, RequestAttempt, RequestRecord, Timings } from '@kumiki/api';
import { unixTime } from './wall-clock.ts';

/** Attempts of one request that are kept. Beyond this limit the newest replaces the last one. */
const maxAttempts = 16;

/** @param now monotonic milliseconds. */
export function beginAttempt(record: RequestRecord, replica: string, now: number): RequestAttempt {
  const attempt: RequestAttempt = {
    replica,
    started_at: unixTime(now),
    first_byte_at: null,
    ended_at: null,
    outcome: 'open',
    reason: null,
    failure: null,
    queue_ms: null,
    prefill_ms: null,
    decode_ms: null,
  };
  record.replica = replica;
  record.attempts[Math.min(record.attempts.length, maxAttempts - 1)] = attempt;
  return attempt;
}

/** Why an attempt failed: a sentence part for people, and the kind of failure. */
export interface AttemptEnd {
  readonly reason: string;
  readonly failure: AttemptFailure;
}

/** @param why null when it succeeded. */
export function endAttempt(attempt: RequestAttempt, why: AttemptEnd | null, now: number): void {
  attempt.outcome = why === null ? 'completed' : 'failed';
  attempt.reason = why?.reason ?? null;
  attempt.failure = why?.failure ?? null;
  attempt.ended_at = unixTime(now);
}

export function noteFirstByte(attempt: RequestAttempt, now: number): void {
  attempt.first_byte_at ??= unixTime(now);
}

export function noteTimings(attempt: RequestAttempt, timings: Timings): void {
  attempt.queue_ms = timings.queueMs;
  attempt.prefill_ms = timings.prefillMs;
  attempt.decode_ms = timings.decodeMs;
}
