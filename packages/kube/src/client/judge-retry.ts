import type { KubeFailure } from './kube-result.ts';

/** Tries of one request, the first included. */
const maxTries = 4;

export type RetryVerdict = 'retry' | 'reload_credentials' | 'give_up';

export interface RetryQuestion {
  readonly failure: KubeFailure;
  /** Tries so far, from 1. */
  readonly tries: number;
  /** Whether a second run of the request changes nothing more: all but POST. */
  readonly repeatable: boolean;
  /** Whether credentials were loaded again for this request. */
  readonly reloaded: boolean;
}

/**
 * Whether a request that failed is sent again. What the server has not taken up (429, or a connection that was never made)
 * is always repeatable; what may have taken effect is repeated only where a second run does no harm.
 */
export function judgeRetry({ failure, tries, repeatable, reloaded }: RetryQuestion): RetryVerdict {
  const { outcome, status, retryAfterMs, sent } = failure;
  // A token may have ended before its file was read again.
  if (outcome === 'unauthorized') return reloaded ? 'give_up' : 'reload_credentials';
  if (tries >= maxTries) return 'give_up';
  if (outcome === 'throttled') return 'retry';
  if (outcome !== 'unavailable') return 'give_up';
  if (!sent) return 'retry';
  if (!repeatable) return 'give_up';
  // 500 is often an admission webhook that fails, and 504 has waited already; 503 with Retry-After is an invitation.
  return status === null || status === 502 || status === 503 || retryAfterMs !== null ? 'retry' : 'give_up';
}
