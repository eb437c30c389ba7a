// @ts-check
// Plain JavaScript, as all that the health thread loads: Node's stripping of types would cost that thread 11 MiB.

/**
 * What the health thread sees of the thread that serves. Times are milliseconds on the clock of the whole process
 * ({@link processMs}); the clock of `performance` begins anew in each thread.
 * @typedef {object} HealthEntry
 * @property {number} beatAt when the serving thread last came round to its timers.
 * @property {boolean} busy whether the engine has anything to do.
 * @property {number} lastProgressAt when the engine last finished a step.
 * @property {number} loaded 0 to 1 while the model loads.
 * @property {number} running
 * @property {number} waiting
 * @property {number} kvCacheUsage 0 to 1.
 * @property {number} kvUsedTokens -1 for an engine without such a cache.
 * @property {number} kvTotalTokens
 */

/**
 * Memory that both threads share: the serving thread writes and never waits, and what it last wrote can be read however
 * busy it is.
 * @typedef {object} HealthBoard
 * @property {(entry: HealthEntry) => void} write
 * @property {() => HealthEntry} read
 * @property {SharedArrayBuffer} memory
 */

const members = 9;

/**
 * @param {SharedArrayBuffer} [memory] of a board that another thread writes; absent, a new one.
 * @returns {HealthBoard}
 */
export function createHealthBoard(memory = new SharedArrayBuffer(members * Float64Array.BYTES_PER_ELEMENT)) {
  // One aligned double is never seen half written; a reader may see members of two writings, which are both true.
  const numbers = new Float64Array(memory);
  return {
    memory,
    write(entry) {
      numbers[0] = entry.beatAt;
      numbers[1] = entry.busy ? 1 : 0;
      numbers[2] = entry.lastProgressAt;
      numbers[3] = entry.loaded;
      numbers[4] = entry.running;
      numbers[5] = entry.waiting;
      numbers[6] = entry.kvCacheUsage;
      numbers[7] = entry.kvUsedTokens;
      numbers[8] = entry.kvTotalTokens;
    },
    read: () => ({
      beatAt: numbers[0] ?? 0,
      busy: numbers[1] === 1,
      lastProgressAt: numbers[2] ?? 0,
      loaded: numbers[3] ?? 0,
      running: numbers[4] ?? 0,
      waiting: numbers[5] ?? 0,
      kvCacheUsage: numbers[6] ?? 0,
      kvUsedTokens: numbers[7] ?? -1,
      kvTotalTokens: numbers[8] ?? -1,
    }),
  };
}

/** The monotonic clock that all threads of a process share, in milliseconds. */
export function processMs() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
