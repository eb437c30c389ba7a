/** Finds one member in the bytes of a JSON text without parsing the rest. */

const quote = 34;
const backslash = 92;

/** The first position from `at` that is not JSON white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let next = at;
  for (; next < bytes.length; next++) {
    const byte = bytes[next];
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) break;
  }
  return next;
}

function matches(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let offset = 0; offset < text.length; offset++) if (bytes[at + offset] !== text[offset]) return false;
  return true;
}

/** Where a text (ASCII, beginning with a quote) first occurs, -1 when it does not. */
export function indexOfText(bytes: Uint8Array, text: Uint8Array): number {
  for (let at = 0; at + text.length <= bytes.length; at++) {
    if (bytes[at] === quote && matches(bytes, at, text)) return at;
  }
  return -1;
}

/** Where a text (ASCII, beginning with a quote) last occurs, -1 when it does not. */
export function lastIndexOfText(bytes: Uint8Array, text: Uint8Array): number {
  for (let at = bytes.length - text.length; at >= 0; at--) {
    if (bytes[at] === quote && matches(bytes, at, text)) return at;
  }
  return -1;
}

/**
 * Scans from the end of a member's value to the end of the text.
 * @returns whether exactly one brace closes after it and nothing follows: the member belongs to the outermost object.
 */
export function endsOutermostObject(bytes: Uint8Array, afterValue: number): boolean {
  let depth = 1;
  for (let at = afterValue; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at) - 1;
    else if (byte === 123 || byte === 91) depth++;
    else if ((byte === 125 || byte === 93) && --depth === 0) {
      return byte === 125 && skipSpace(bytes, at + 1) === bytes.length;
    }
  }
  return false;
}

/** The byte after the string that begins at `at`; the end of the bytes when it does not end. */
function endOfString(bytes: Uint8Array, at: number): number {
  for (let next = at + 1; next < bytes.length; next++) {
    if (bytes[next] === backslash) next++;
    else if (bytes[next] === quote) return next + 1;
  }
  return bytes.length;
}

/** The byte after the object that begins at `at`; -1 when it does not end. */
export function endOfObject(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next];
    if (byte === quote) next = endOfString(bytes, next) - 1;
    else if (byte === 123) depth++;
    else if (byte === 125 && --depth === 0) return next + 1;
  }
  return -1;
}
