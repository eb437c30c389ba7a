/** How long to wait between tries. */
export interface BackoffPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Full jitter: uniform between 0 and the exponential bound, so that clients that failed together do not come back
 * together: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt failures before this wait, from 1.
 * @param jitter uniform in [0, 1).
 * @param retryAfterMs what the server asks for: the wait is never shorter.
 */
export function backoffDelayMs(
  attempt: number,
  jitter: number,
  { baseMs, maxMs }: BackoffPolicy,
  retryAfterMs: number | null = null,
): number {
  const bound = Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(attempt - 1, 0), 30));
  return (retryAfterMs ?? 0) + jitter * bound;
}

/** Waits, at most until the signal aborts. */
export function waitMs(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
