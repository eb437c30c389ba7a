import { setImmediate as nextTurn } from 'node:timers/promises';

/** Runs work of many steps on the thread that serves, so that streams go on meanwhile. */
export type InSlices = <Result>(work: Generator<void, Result, void>, signal: AbortSignal) => Promise<Result>;

/** Work of one turn of the event loop, plus one step, before everything else has a turn. */
const sliceMs = 8;

/**
 * Work that begins while this turn has time left and ends within it runs at once. Of longer work one piece goes on at a time, in
 * the order of arrival: side by side they would take a slice each before others have a turn. Rejects with the signal's reason, or
 * what the work throws.
 */
export function createInSlices(): InSlices {
  let last: Promise<unknown> = Promise.resolve();
  let leftMs = sliceMs;
  const start = <Result>(work: Generator<void, Result, void>): IteratorResult<void, Result> | null => {
    if (leftMs <= 0) return null;
    const began = performance.now();
    if (leftMs === sliceMs) setImmediate(() => (leftMs = sliceMs));
    try {
      return slice(work, leftMs);
    } finally {
      leftMs -= performance.now() - began;
    }
  };
  return async (work, signal) => {
    const begun = start(work);
    if (begun?.done === true) return begun.value;
    const rest = last.then(async () => {
      for (;;) {
        await nextTurn();
        signal.throwIfAborted();
        const next = slice(work, sliceMs);
        if (next.done === true) return next.value;
      }
    });
    last = rest.catch(() => {});
    return rest;
  };
}

function slice<Result>(work: Generator<void, Result, void>, limitMs: number): IteratorResult<void, Result> {
  const end = performance.now() + limitMs;
  for (;;) {
    const step = work.next();
    if (step.done === true || performance.now() >= end) return step;
  }
}
