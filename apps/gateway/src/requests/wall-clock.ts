/** Where the two clocks are compared again, in milliseconds. */
const compareMs = 1_000;

/** A difference up to this is left alone, so that spans of one request are of one clock. */
const toleratedMs = 50;

let offsetMs = performance.timeOrigin;
let comparedAt = Number.NEGATIVE_INFINITY;

/**
 * Unix milliseconds with a fraction, of a time on the monotonic clock. The system's clock alone ticks in milliseconds
 * and may be set back; the monotonic one alone falls behind while a laptop sleeps.
 */
export function unixTime(monotonic: number): number {
  if (monotonic - comparedAt > compareMs) {
    comparedAt = monotonic;
    const difference = Date.now() - performance.now() - offsetMs;
    if (Math.abs(difference) > toleratedMs) offsetMs += difference;
  }
  return Math.round((offsetMs + monotonic) * 1_000) / 1_000;
}
