/**
 * Judges whether an engine makes progress, by when it last finished a step. Steps differ: a token of a tiny model takes
 * a millisecond, a batch of a large model's prompt half a minute on a CPU. So the time after which an engine counts as
 * stalled follows the slowest recent step.
 */
export interface ProgressJudge {
  /** Notes the engine's state. To be called regularly; its interval is the resolution of the measured steps. */
  observe(progress: EngineProgress): void;
  /** Whether streams may report that the engine makes progress. */
  moving(progress: EngineProgress): boolean;
}

export interface EngineProgress {
  /** Milliseconds on the monotonic clock. */
  readonly now: number;
  readonly lastProgressAt: number;
  /** Whether it has work. */
  readonly busy: boolean;
}

/** The shortest time without a step after which an engine counts as stalled for its streams. */
const leastWindowMs = 2_000;
/** An engine may take this many times its slowest step. */
const patience = 3;
/** Factor by which the slowest step decays with each new step. */
const forgetting = 0.98;

/** @param stallMs longest time without a step in any case. */
export function createProgressJudge(stallMs: number): ProgressJudge {
  let slowestMs = 0;
  let seenAt: number | null = null;

  return {
    observe({ lastProgressAt, busy }) {
      if (!busy) {
        seenAt = null;
        return;
      }
      if (seenAt !== null && lastProgressAt > seenAt) {
        slowestMs = Math.max(lastProgressAt - seenAt, slowestMs * forgetting);
      }
      seenAt = lastProgressAt;
    },
    moving: ({ now, lastProgressAt, busy }) =>
      !busy || now - lastProgressAt < Math.min(stallMs, Math.max(leastWindowMs, patience * slowestMs)),
  };
}
