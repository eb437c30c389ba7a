import type { AttemptFailure } from '@kumiki/api';

/**
 * What becomes of an answer whose replica failed: asked again, continued elsewhere, or given up with a reason.
 */

/** What went wrong at a replica, as the gateway saw it. */
export type Failure = Exclude<AttemptFailure, 'refused' | 'client_left'>;

export interface RecoveryLimits {
  /**
   * Attempts in a row that brought the client nothing. A request that kills every replica it meets stops here. Those
   * that only wait in the queue of a replica that dies count too, so that a spell of bad luck has to fit in.
   */
  readonly maxAttemptsWithoutProgress: number;
  /** Attempts in all. */
  readonly maxAttempts: number;
  /** Attempts that gave another answer than the one that was begun: who does so twice does so always. */
  readonly maxDivergences: number;
}

export const defaultRecoveryLimits: RecoveryLimits = {
  maxAttemptsWithoutProgress: 8,
  maxAttempts: 64,
  maxDivergences: 2,
};

export interface AnswerSoFar {
  /** Attempts made, the failed one included. */
  readonly attempts: number;
  /** Attempts that were turned away by a busy replica do not count: the wait for room has its own limit. */
  readonly attemptsWithoutProgress: number;
  /** Attempts that gave another answer. */
  readonly divergences: number;
  /** Whether the client has any part of the answer. */
  readonly begun: boolean;
  /** Why an answer that has begun cannot be continued anywhere; null when it can. */
  readonly obstacle: string | null;
}

export type Verdict =
  | { readonly kind: 'again' }
  | { readonly kind: 'continue' }
  /** `forGood`: the answer itself cannot be continued, and it is of no use to ask for its rest later. */
  | { readonly kind: 'give_up'; readonly reason: string; readonly forGood: boolean };

export function judge(failure: Failure, answer: AnswerSoFar, limits = defaultRecoveryLimits): Verdict {
  const forNow = (reason: string): Verdict => ({ kind: 'give_up', reason, forGood: false });
  if (failure === 'total_timeout') return forNow('its total time is over');
  if (answer.divergences >= limits.maxDivergences) {
    return { kind: 'give_up', reason: `${answer.divergences} attempts gave another answer`, forGood: true };
  }
  if (answer.attempts >= limits.maxAttempts) return forNow(`${answer.attempts} attempts were made`);
  if (answer.attemptsWithoutProgress >= limits.maxAttemptsWithoutProgress) {
    return forNow(`${answer.attemptsWithoutProgress} attempts in a row brought nothing`);
  }
  if (!answer.begun) return { kind: 'again' };
  return answer.obstacle === null ? { kind: 'continue' } : { kind: 'give_up', reason: answer.obstacle, forGood: true };
}
