/**
 * The concurrency of background work: it grows by one for each round without a refusal, and halves when the server
 * refuses for lack of capacity. Background work so uses idle capacity and yields to other requests. Additive increase
 * and multiplicative decrease, after Chiu and Jain (1989).
 */
export interface ConcurrencyPolicy {
  readonly initial: number;
  readonly max: number;
  /** Pause after the first refusal; each further consecutive one doubles it. */
  readonly basePauseMs: number;
  readonly maxPauseMs: number;
}

export interface Concurrency {
  /** May be fractional; the number of open requests is its floor, and at least 1. */
  readonly limit: number;
  /** Consecutive refusals. */
  readonly refusals: number;
  /** Monotonic milliseconds until which no new request is sent. */
  readonly pausedUntil: number;
}

export function initialConcurrency(policy: ConcurrencyPolicy): Concurrency {
  return { limit: Math.min(policy.initial, policy.max), refusals: 0, pausedUntil: 0 };
}

/** The state after a served request. `limit` of them raise the limit by one. */
export function growConcurrency(state: Concurrency, policy: ConcurrencyPolicy): Concurrency {
  return { ...state, limit: Math.min(policy.max, state.limit + 1 / state.limit), refusals: 0 };
}

/**
 * The state after a request that was refused for lack of capacity. Refusals during a pause have the same cause: they
 * may lengthen the pause, but do not halve the limit again.
 * @param retryAfterMs from the refusal; 0 when it had none.
 * @param jitter uniform in [0, 1): adds up to a quarter, so that requests refused together are not retried together.
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
