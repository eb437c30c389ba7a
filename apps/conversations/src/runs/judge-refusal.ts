/** What becomes of a run after the model, the search or the gateway has refused it. */
export type RefusalVerdict =
  | { readonly kind: 'give_up' }
  /** The same is asked again after a while. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** The run gives its driver back and waits without one. */
  | { readonly kind: 'park'; readonly afterMs: number };

export interface Refusal {
  /** Whether the same request may pass later. */
  readonly mayPass: boolean;
  /** Whether it is the limit of the key itself, which passes for certain. */
  readonly isKeyLimit: boolean;
  /** How long the refusal asks to wait. */
  readonly retryAfterMs: number | null;
}

export interface RefusedRun {
  /** Whether a client waits that can still be given the refusal itself. */
  readonly mayRefuse: boolean;
  readonly mayPark: boolean;
  /** Whether a model has taken the request. */
  readonly begun: boolean;
  /** How long it has had this driver. */
  readonly drivenMs: number;
  /** How long models had had no room for it when this driver claimed it. */
  readonly refusedMs: number;
}

/** How long a background response waits for a model that is busy or away. */
const backgroundPatienceMs = 600_000;
/** How much longer it waits for the limits of its own key. */
const keyLimitPatienceMs = 3_600_000;
/** A background response that waits for a model gives its driver back after this time, and is tried again in turn. */
const parkAfterMs = 5_000;
/** The shortest wait between two attempts. */
export const resumeDelayMs = 500;
/** The longest such wait, whatever a refusal asks for: what was busy may be free much earlier. */
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
