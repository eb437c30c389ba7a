import { errorTable, type KumikiError } from '@kumiki/api';

/** Attempts at one file before it is given up; with the pauses between them about twenty minutes. */
const maxAttempts = 12;
/**
 * The same where the key's own limit, or a full model, made it wait: nothing is wrong with it, and a key of few requests a
 * minute has many to make. With the pauses between them more than a day.
 */
const maxBusyAttempts = 500;
const firstDelayMs = 1_000;
const longestDelayMs = 300_000;

export type Retry =
  | { readonly kind: 'again'; readonly delayMs: number }
  | { readonly kind: 'give_up'; readonly message: string };

/**
 * What becomes of a file after a failure that was not its own: another attempt, later each time, unless the refusal
 * would be the same tomorrow.
 * @param attempts those made, this one included.
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
