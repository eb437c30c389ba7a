import type { Faults } from './faults.ts';

/** The engine's main loop: runs steps one after the other, each for its planned duration, while there is work. */
export interface StepLoop {
  /** To be called when there may be new work. */
  poke(): void;
  /** When the last step ended, milliseconds on the monotonic clock. */
  readonly lastProgressAt: number;
  stop(): void;
}

export interface StepWork {
  /** Milliseconds that the step takes. */
  readonly durationMs: number;
  finish(): void;
}

/** A delay beyond this (the process was stopped, the machine was busy) is dropped and not caught up. */
const mostBehindMs = 100;
/**
 * Shorter waits are not worth a timer, since Node's timers count milliseconds: steps run ahead until they are ahead by
 * this time.
 */
const leastWaitMs = 1;

/** @param plan the next step, or null when nothing can run now; the code that changes that calls `poke`. */
export function createStepLoop(plan: () => StepWork | null, faults: Faults | null): StepLoop {
  let running = false;
  let stopped = false;
  let dueAt = 0;
  let lastProgressAt = performance.now();
  let timer: NodeJS.Timeout | null = null;
  let immediate: NodeJS.Immediate | null = null;

  function next(): void {
    if (stopped || faults?.hung === true) {
      running = false;
      return;
    }
    const work = plan();
    if (work === null) {
      running = false;
      return;
    }
    const now = performance.now();
    dueAt = Math.max(dueAt, now - mostBehindMs) + work.durationMs * (faults?.slowness ?? 1);
    const finish = (): void => {
      work.finish();
      lastProgressAt = performance.now();
      next();
    };
    if (dueAt - now < leastWaitMs) immediate = setImmediate(finish);
    else timer = setTimeout(finish, dueAt - now);
  }

  function poke(): void {
    if (running || stopped) return;
    running = true;
    const now = performance.now();
    dueAt = now;
    lastProgressAt = now;
    next();
  }

  faults?.onChange(() => {
    if (!faults.hung) poke();
  });

  return {
    poke() {
      // A hung engine keeps its state: neither its work nor its clock advances.
      if (faults?.hung !== true) poke();
    },
    get lastProgressAt() {
      return lastProgressAt;
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      if (immediate !== null) clearImmediate(immediate);
    },
  };
}
