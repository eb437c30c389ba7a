import { setImmediate } from 'node:timers/promises';

/** Runs work of many steps on the thread that serves, so that streams go on meanwhile. */
export type InSlices = <Result>(work: Generator<void, Result, void>, signal: AbortSignal) => Promise<Result>;

/** The thread works so long, plus one step, before everything else has a turn. */
const sliceMs = 8;

/**
 * What ends within its first slice runs at once. Of longer work one piece goes on at a time, in the order in which they came:
 * side by side they would take a slice each before others have a turn. Rejects with the signal's reason, or what the work
 * throws.
 */
export function createInSlices(): InSlices {
  let last: Promise<unknown> = Promise.resolve();
  return async (work, signal) => {
    const begun = slice(work);
    if (begun.done === true) return begun.value;
    const rest = last.then(async () => {
      for (;;) {
        await setImmediate();
        signal.throwIfAborted();
        const next = slice(work);
        if (next.done === true) return next.value;
      }
    });
    last = rest.catch(() => {});
    return rest;
  };
}

function slice<Result>(work: Generator<void, Result, void>): IteratorResult<void, Result> {
  const end = performance.now() + sliceMs;
  for (;;) {
    const step = work.next();
    if (step.done === true || performance.now() >= end) return step;
  }
}
