/** Counts of the last seconds in a fixed number of buckets, so that its cost does not depend on the rate. */
export interface SlidingCounter {
  /** @param now monotonic milliseconds, not decreasing. */
  add(now: number, count: number): void;
  /** The mean rate over the window that ends at `now`. */
  perSecond(now: number): number;
}

const bucketsPerWindow = 10;

/** @param windowMs over which the rate is measured; older counts are dropped a tenth of the window at a time. */
export function createSlidingCounter(windowMs: number): SlidingCounter {
  const bucketMs = windowMs / bucketsPerWindow;
  const counts = new Float64Array(bucketsPerWindow);
  /** Number of the newest bucket, counted from time 0. */
  let newest = -1;

  function moveTo(now: number): void {
    const bucket = Math.floor(now / bucketMs);
    if (bucket <= newest) return;
    const passed = Math.min(bucket - newest, bucketsPerWindow);
    for (let step = 0; step < passed; step++) counts[(bucket - step) % bucketsPerWindow] = 0;
    newest = bucket;
  }

  return {
    add(now, count) {
      moveTo(now);
      const place = newest % bucketsPerWindow;
      counts[place] = (counts[place] ?? 0) + count;
    },
    perSecond(now) {
      moveTo(now);
      let sum = 0;
      for (const count of counts) sum += count;
      return (sum * 1_000) / windowMs;
    },
  };
}
