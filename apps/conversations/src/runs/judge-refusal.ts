/** What happens to a run after the model, the search or the gateway has refused it. */
export type RefusalVerdict =
  | { readonly kind: 'give_up' }
  /** Retry after this time. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** The run releases its driver and waits without one. */
  | { readonly kind: 'park'; readonly afterMs: number };

export interface Refusal {
  /** Whether the same request may pass later. */
  readonly mayPass: boolean;
  /** Whether the key's own rate limit was the cause, which is certain to pass. */
  readonly isKeyLimit: boolean;
  /** `retry-after` of the refusal. */
  readonly retryAfterMs: number | null;
}

export interface RefusedRun {
  /** Whether the refusal can still be sent to a waiting client. */
  readonly mayRefuse: boolean;
  readonly mayPark: boolean;
  /** Whether a model has accepted the request. */
  readonly begun: boolean;
  /** How long this driver has had the run. */
  readonly drivenMs: number;
  /** How long models had had no capacity for it when this driver claimed it. */
  readonly refusedMs: number;
}

/** How long a background response waits for a model that is busy or unavailable. */
const backgroundPatienceMs = 600_000;
/** How long it waits for the rate limits of its own key. */
const keyLimitPatienceMs = 3_600_000;
/** A background response that waits for a model releases its driver after this time, and is retried in turn. */
const parkAfterMs = 5_000;
/** Shortest wait between two attempts. */
export const resumeDelayMs = 500;
/** Longest wait between two attempts, even if a refusal asks for more, since capacity may be free much earlier. */
const maxResumeDelayMs = 10_000;

export function judgeRefusal(refusal: Refusal, run: RefusedRun): RefusalVerdict {
  const patient = run.begun || !run.mayRefuse;
  const refusedMs = run.refusedMs + run.drivenMs;
  const patienceMs = backgroundPatienceMs + (refusal.isKeyLimit ? keyLimitPatienceMs : 0);
  if (!patient || !refusal.mayPass || refusedMs > patienceMs) return { kind: 'give_up' };
  const askedMs = refusal.retryAfterMs ?? 0;
  if (run.mayPark && !run.begun && run.drivenMs >= parkAfterMs) {
    return { kind: 'park', afterMs: boundWait(Math.max(askedMs, refusedMs / 4)) };
  }
  return { kind: 'wait', ms: boundWait(askedMs) };
}

function boundWait(ms: number): number {
  return Math.min(Math.max(ms, resumeDelayMs), maxResumeDelayMs);
}
