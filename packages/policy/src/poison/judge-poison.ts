/**
 * What kills or hangs the process that works on it must not go on to the next process, and to the same one after every
 * restart. One rule for all work that can be begun again elsewhere: attempts of the gateway, runs of responses, lines of
 * batches, files that are ingested.
 *
 * A claim is counted durably when it is made, not when it fails: what is dead reports nothing. It is taken back by the
 * first progress that others can see (a token, a stored event, a result).
 */

/** Claims in all of a piece of work that brings nothing and whose process ends or falls silent each time. */
export const maxFruitlessClaims = 2;

/**
 * The same while other suspects were in the process at each loss, so that nobody can tell which of them did it. Work
 * that waited beside something deadly is not refused for what the other did; yet it does not go on for ever.
 */
export const maxSharedFruitlessClaims = 4;

export interface ClaimHistory {
  /** Claims in a row that brought nothing and whose process died or fell silent. The next claim is not among them. */
  readonly lost: number;
  /** How many of them had another suspect in the same process; 0 where suspects are worked on one at a time. */
  readonly shared: number;
}

export type PoisonVerdict =
  | { readonly kind: 'try' }
  /** It is under suspicion: no process works on two such pieces at once, so that a second loss convicts the right one. */
  | { readonly kind: 'try_alone' }
  /** It is refused with `poisonous_request`; `claims` were made. */
  | { readonly kind: 'refuse'; readonly claims: number };

export function judgePoison({ lost, shared }: ClaimHistory): PoisonVerdict {
  if (lost >= maxSharedFruitlessClaims || lost - Math.min(shared, lost) >= maxFruitlessClaims) {
    return { kind: 'refuse', claims: lost };
  }
  return lost === 0 ? { kind: 'try' } : { kind: 'try_alone' };
}
