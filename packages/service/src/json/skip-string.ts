const quote = 34;
const backslash = 92;

/** A string is scanned byte by byte up to this length; beyond it a native search is used, which has a cost per call. */
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
    // Linear time: for each quote only the backslashes directly before it are counted.
    let before = end;
    while (before > next && body[before - 1] === backslash) before--;
    if (((end - before) & 1) === 0) return end + 1;
    // An escaped quote is usually followed by more of them.
    next = end + 1;
  }
}
