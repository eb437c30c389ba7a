import type { Faults } from './faults.ts';

/** The engine's heart: runs steps one after the other, each as long as it should be, while there is work. */
export interface StepLoop {
  /** There may be work. */
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

/** Behind by more than this (the process was stopped, the machine was busy), the time is given up, not caught up. */
const mostBehindMs = 100;
/** Shorter waits are not worth a timer: steps run ahead until so much time is owed. Node's timers count milliseconds. */
const leastWaitMs = 1;

/**
 * @param plan the next step, or null when nothing can be done now; whoever changes that pokes the loop.
 */
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
      // A hung engine stays as it is: neither its work nor its clock goes on.
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
