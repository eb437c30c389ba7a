// @ts-check
// Plain JavaScript, like everything that the health thread loads: stripping types would cost that thread 11 MiB.

/**
 * What the health thread knows about the serving thread. Times are milliseconds on the clock of the whole process
 * ({@link processMs}); the clock of `performance` starts at 0 in each thread.
 * @typedef {object} HealthEntry
 * @property {number} beatAt when the serving thread last ran its timers.
 * @property {boolean} busy whether the engine has work.
 * @property {number} lastProgressAt when the engine last finished a step.
 * @property {number} loaded 0 to 1 while the model loads.
 * @property {number} running
 * @property {number} waiting
 * @property {number} kvCacheUsage 0 to 1.
 * @property {number} kvUsedTokens -1 for an engine without such a cache.
 * @property {number} kvTotalTokens
 */

/**
 * Memory that both threads share. The serving thread writes without waiting, and its last entry can be read while it is
 * busy.
 * @typedef {object} HealthBoard
 * @property {(entry: HealthEntry) => void} write
 * @property {() => HealthEntry} read
 * @property {SharedArrayBuffer} memory
 */

const members = 9;

/**
 * @param {SharedArrayBuffer} [memory] of a board that another thread writes; a new one when absent.
 * @returns {HealthBoard}
 */
export function createHealthBoard(memory = new SharedArrayBuffer(members * Float64Array.BYTES_PER_ELEMENT)) {
  // An aligned double is never read half written. A reader may get members of two entries, which were both true.
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
