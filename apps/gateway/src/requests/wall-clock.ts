/** Milliseconds after which the two clocks are compared again. */
const compareMs = 1_000;

/** Differences up to this are ignored, so that all times of one request are on one clock. */
const toleratedMs = 50;

let offsetMs = performance.timeOrigin;
let comparedAt = Number.NEGATIVE_INFINITY;

/**
 * Converts a time of the monotonic clock into Unix milliseconds with a fraction. The system's clock alone has whole
 * milliseconds and may be set back; the monotonic one alone falls behind while a laptop sleeps.
 */
export function unixTime(monotonic: number): number {
  if (monotonic - comparedAt > compareMs) {
    comparedAt = monotonic;
    const difference = Date.now() - performance.now() - offsetMs;
    if (Math.abs(difference) > toleratedMs) offsetMs += difference;
  }
  return Math.round((offsetMs + monotonic) * 1_000) / 1_000;
}
