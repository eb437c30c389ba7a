/** Waits between attempts to open a stream again. */
const reconnectLimits = { firstMs: 300, longestMs: 10_000 } as const;

/**
 * How long to wait before an attempt: twice as long each time, and by chance between half of that and all of it, so that
 * tabs that lost one server do not return all at once.
 * @param failures attempts that failed before, from 0.
 * @param chance from 0 to 1.
 */
export function backoffMs(failures: number, chance: number): number {
  const whole = Math.min(reconnectLimits.longestMs, reconnectLimits.firstMs * 2 ** Math.min(failures, 16));
  return whole * (0.5 + chance / 2);
}
