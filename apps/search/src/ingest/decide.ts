import { errorTable, type KumikiError } from '@kumiki/api';

/** Attempts at one file before it is given up, which takes about twenty minutes with the backoff. */
const maxAttempts = 12;
/**
 * The same when the key's rate limit or a full model made it wait: the file is fine, and a key with few requests per
 * minute needs many attempts. More than a day with the backoff.
 */
const maxBusyAttempts = 500;
const firstDelayMs = 1_000;
const longestDelayMs = 300_000;

export type Retry =
  | { readonly kind: 'again'; readonly delayMs: number }
  | { readonly kind: 'give_up'; readonly message: string };

/**
 * What happens to a file after a failure that it did not cause: another attempt with growing backoff, unless the
 * refusal is permanent.
 * @param attempts made so far, this one included.
 */
export function decideRetry(error: KumikiError, attempts: number): Retry {
  const passing = error.status >= 500 || error.status === 429 || error.status === 408;
  if (!passing) return { kind: 'give_up', message: error.message };
  const busy = error.status === 429 && errorTable[error.code].retryable;
  if (attempts >= (busy ? maxBusyAttempts : maxAttempts)) {
    return { kind: 'give_up', message: `Given up after ${attempts} attempts. ${error.message}` };
  }
  const backoffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempts - 1));
  return { kind: 'again', delayMs: Math.max(backoffMs, error.retryAfterMs ?? 0) };
}
