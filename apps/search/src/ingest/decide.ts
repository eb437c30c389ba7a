import type { KumikiError } from '@kumiki/api';

/** Attempts at one file before it is given up; with the pauses between them about twenty minutes. */
const maxAttempts = 12;
const firstDelayMs = 1_000;
const longestDelayMs = 300_000;

export type Retry =
  | { readonly kind: 'again'; readonly delayMs: number }
  | { readonly kind: 'give-up'; readonly message: string };

/**
 * What becomes of a file after a failure that was not its own: another attempt, later each time, unless the refusal
 * would be the same tomorrow.
 * @param attempts those made, this one included.
 */
export function decideRetry(error: KumikiError, attempts: number): Retry {
  const passing = error.status >= 500 || error.status === 429 || error.status === 408;
  if (!passing) return { kind: 'give-up', message: error.message };
  if (attempts >= maxAttempts) {
    return { kind: 'give-up', message: `Given up after ${attempts} attempts. ${error.message}` };
  }
  const backoffMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempts - 1));
  return { kind: 'again', delayMs: Math.max(backoffMs, error.retryAfterMs ?? 0) };
}
