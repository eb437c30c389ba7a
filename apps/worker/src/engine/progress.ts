/**
 * Judges whether an engine moves, by when it last finished a step. Steps differ: a token of a tiny model takes a
 * millisecond, a batch of a large model's prompt half a minute on a CPU. So the time after which an engine counts as
 * standing still follows the slowest step that was seen lately.
 */
export interface ProgressJudge {
  /** Looks at the engine. To be called regularly; the gaps between its steps are known as finely as it is called. */
  observe(look: ProgressLook): void;
  /** Whether streams may say that the engine moves. */
  moving(look: ProgressLook): boolean;
}

export interface ProgressLook {
  /** Milliseconds on the monotonic clock. */
  readonly now: number;
  readonly lastProgressAt: number;
  /** Whether it has anything to do. */
  readonly busy: boolean;
}

/** Streams of an engine whose steps are short stop saying that it moves after this time. */
const leastWindowMs = 2_000;
/** An engine may take so many times its slowest step. */
const patience = 3;
/** By this much the slowest step is forgotten with each that is seen. */
const forgetting = 0.98;

/** @param stallMs how long the engine may stand still in all. */
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
