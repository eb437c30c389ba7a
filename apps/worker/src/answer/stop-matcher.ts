/**
 * Finds the first stop string in a text that arrives in pieces. Text that may be the beginning of one is held back, so
 * that no part of a stop string is ever shown, regardless of where the pieces are cut.
 */
export interface StopMatcher {
  /** Text that cannot be part of a stop string. After `stopped` is true it is always empty. */
  push(text: string): string;
  readonly stopped: boolean;
  /** The held text, once no more can come. */
  flush(): string;
}

/** @param stops strings of at least one character. */
export function createStopMatcher(stops: readonly string[]): StopMatcher {
  let held = '';
  const matcher = {
    stopped: false,
    push(text: string): string {
      if (stops.length === 0 || matcher.stopped) return matcher.stopped ? '' : text;
      const buffer = held + text;
      const found = firstMatch(buffer, stops);
      if (found >= 0) {
        matcher.stopped = true;
        held = '';
        return buffer.slice(0, found);
      }
      const keep = heldLength(buffer, stops);
      held = buffer.slice(buffer.length - keep);
      return buffer.slice(0, buffer.length - keep);
    },
    flush(): string {
      const rest = held;
      held = '';
      return rest;
    },
  };
  return matcher;
}

/**
 * Where the first stop string begins. Of two that overlap, the one with the earlier end counts, then the one with the
 * earlier beginning, so that the result does not depend on how the text was cut.
 */
function firstMatch(buffer: string, stops: readonly string[]): number {
  let begin = -1;
  let end = Infinity;
  for (const stop of stops) {
    const at = buffer.indexOf(stop);
    if (at < 0) continue;
    if (at + stop.length < end || (at + stop.length === end && at < begin)) {
      begin = at;
      end = at + stop.length;
    }
  }
  return begin;
}

/** Length of the longest end of the buffer that begins a stop string. */
function heldLength(buffer: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, buffer.length); length > longest; length--) {
      if (buffer.endsWith(stop.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}
