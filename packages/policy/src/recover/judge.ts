import type { Failure } from './failure.ts';

/** Decides whether an answer whose replica failed is retried, continued elsewhere, or given up with a reason. */

export interface RecoveryLimits {
  /**
   * Consecutive attempts that gave the client nothing. It stops a request that kills every replica. Requests that only
   * queue at a replica that dies are counted too, so the limit leaves room for a few unlucky attempts.
   */
  readonly maxAttemptsWithoutProgress: number;
  /** Total attempts. */
  readonly maxAttempts: number;
  /** Attempts whose answer diverged from the started one. An answer that diverges twice is not deterministic. */
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
  /** Attempts refused by a busy replica do not count; the wait for capacity has its own limit. */
  readonly attemptsWithoutProgress: number;
  /** Attempts whose answer diverged. */
  readonly divergences: number;
  /** Whether the client has received any part of the answer. */
  readonly begun: boolean;
  /** Why a started answer cannot be continued anywhere; null when it can. */
  readonly obstacle: string | null;
}

export type Verdict =
  | { readonly kind: 'again' }
  | { readonly kind: 'continue' }
  /** `forGood`: the answer cannot be continued later either. */
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
