/**
 * How many requests work in the background keeps open at once: one more for each round without trouble, half as many
 * when the far side says that it is full. So it takes what is free, and leaves it when somebody else needs it.
 * Additive increase and multiplicative decrease, after Chiu and Jain (1989).
 */
export interface ConcurrencyPolicy {
  readonly initial: number;
  readonly max: number;
  /** Pause after the first refusal; each further one in a row doubles it. */
  readonly basePauseMs: number;
  readonly maxPauseMs: number;
}

export interface Concurrency {
  /** Whole requests that may be open are its floor, which is never below 1. */
  readonly limit: number;
  /** Refusals in a row. */
  readonly refusals: number;
  /** Monotonic milliseconds before which nothing new is sent. */
  readonly pausedUntil: number;
}

export function initialConcurrency(policy: ConcurrencyPolicy): Concurrency {
  return { limit: Math.min(policy.initial, policy.max), refusals: 0, pausedUntil: 0 };
}

/** After a request that was served: `limit` of them make room for one more. */
export function growConcurrency(state: Concurrency, policy: ConcurrencyPolicy): Concurrency {
  return { ...state, limit: Math.min(policy.max, state.limit + 1 / state.limit), refusals: 0 };
}

/**
 * After a request that was refused for want of room. Refusals that come during a pause belong to the same trouble:
 * they may lengthen the pause, but halve nothing again.
 * @param retryAfterMs what the refusal asked for; 0 when it asked for nothing.
 * @param jitter uniform in [0, 1): adds up to a quarter, so that those refused together do not come back together.
 */
export function shrinkConcurrency(
  state: Concurrency,
  refusal: { readonly now: number; readonly retryAfterMs: number; readonly jitter: number },
  policy: ConcurrencyPolicy,
): Concurrency {
  const spread = 1 + refusal.jitter / 4;
  const asked = refusal.now + Math.min(policy.maxPauseMs, refusal.retryAfterMs) * spread;
  if (refusal.now < state.pausedUntil) return { ...state, pausedUntil: Math.max(state.pausedUntil, asked) };
  const backoff = Math.min(policy.maxPauseMs, policy.basePauseMs * 2 ** Math.min(state.refusals, 30));
  return {
    limit: Math.max(1, state.limit / 2),
    refusals: state.refusals + 1,
    pausedUntil: Math.max(asked, refusal.now + backoff * spread),
  };
}
