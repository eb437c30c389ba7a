/**
 * Work that kills or hangs its process must not be passed to the next process, or to the same one after each restart.
 * The rule is the same for all work that can be retried elsewhere: attempts of the gateway, runs of responses, lines of
 * batches, files to ingest.
 *
 * A claim is counted durably when it is made, not when it fails, since a dead process reports nothing. The first
 * visible progress (a token, a stored event, a result) takes the count back.
 */

/** Most claims of work that makes no progress and whose process dies or hangs each time. */
export const maxFruitlessClaims = 2;

/**
 * The same while other suspect work was in the process at each loss, so that the culprit is unknown. Innocent work that
 * ran beside a culprit is not refused at once, but the retries stay bounded.
 */
export const maxSharedFruitlessClaims = 4;

export interface ClaimHistory {
  /** Consecutive claims without progress whose process died or hung, not counting the next one. */
  readonly lost: number;
  /** How many of them shared the process with another suspect; 0 where suspects run one at a time. */
  readonly shared: number;
}

export type PoisonVerdict =
  | { readonly kind: 'try' }
  /** It is suspect: a process runs at most one suspect at a time, so that a second loss identifies the culprit. */
  | { readonly kind: 'try_alone' }
  /** It is refused with `poisonous_request`; `claims` were made. */
  | { readonly kind: 'refuse'; readonly claims: number };

export function judgePoison({ lost, shared }: ClaimHistory): PoisonVerdict {
  if (lost >= maxSharedFruitlessClaims || lost - Math.min(shared, lost) >= maxFruitlessClaims) {
    return { kind: 'refuse', claims: lost };
  }
  return lost === 0 ? { kind: 'try' } : { kind: 'try_alone' };
}
