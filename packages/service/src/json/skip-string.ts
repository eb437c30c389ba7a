const quote = 34;
const backslash = 92;

/** A string is walked this far byte by byte; beyond, its end is searched natively, which has a cost per call. */
const nativeSearchAfter = 24;

/** The byte after the JSON string whose opening quote is at `at`, or -1 when it does not end. */
export function skipString(body: Buffer, at: number): number {
  let next = at + 1;
  for (;;) {
    const near = Math.min(body.length, next + nativeSearchAfter);
    while (next < near) {
      const byte = body[next];
      if (byte === quote) return next + 1;
      next += byte === backslash ? 2 : 1;
    }
    const end = next < body.length ? body.indexOf(quote, next) : -1;
    if (end === -1) return -1;
    // Each quote costs a walk back over the backslashes just before it, which no other quote walks: linear time.
    let before = end;
    while (before > next && body[before - 1] === backslash) before--;
    if (((end - before) & 1) === 0) return end + 1;
    // Where one quote is escaped others are near.
    next = end + 1;
  }
}
