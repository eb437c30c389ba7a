import { setImmediate as nextTurn } from 'node:timers/promises';

/** Runs work of many steps on the serving thread without blocking its streams. */
export type InSlices = <Result>(work: Generator<void, Result, void>, signal: AbortSignal) => Promise<Result>;

/** Time that work may take in one turn of the event loop; the last step may exceed it. */
const sliceMs = 8;

/**
 * Work that begins while this turn has time left and ends within it runs at once. Longer work runs one piece at a time,
 * in the order of arrival: run side by side, each piece would take a slice before other requests have a turn. Rejects
 * with the signal's reason, or what the work throws.
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
