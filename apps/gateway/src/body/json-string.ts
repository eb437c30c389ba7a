/** Reads JSON strings at [start, end) of a body, quotes included. */

const backslash = 92;

/** The text of a string; null when it is not valid JSON (a wrong escape, a bare control character). */
export function decodeString(body: Buffer, start: number, end: number): string | null {
  for (let at = start + 1; at < end - 1; at++) {
    const byte = body[at] as number;
    if (byte === backslash || byte < 32 || byte > 126) return parseString(body.toString('utf8', start, end));
  }
  return body.toString('latin1', start + 1, end - 1);
}

function parseString(json: string): string | null {
  try {
    return JSON.parse(json) as string;
  } catch {
    return null;
  }
}

/** Whether the value at [start, end) is a string with this text (ASCII), written plainly or with escapes. */
export function stringEquals(body: Buffer, start: number, end: number, text: string): boolean {
  const length = end - start - 2;
  // An escape takes six bytes at most.
  if (length < text.length || length > 6 * text.length) return false;
  for (let at = 0; at < text.length; at++) {
    const byte = body[start + 1 + at];
    if (byte !== text.charCodeAt(at)) return hasBackslash(body, start, end) && decodeString(body, start, end) === text;
  }
  return length === text.length || (hasBackslash(body, start, end) && decodeString(body, start, end) === text);
}

export function hasBackslash(body: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (body[at] === backslash) return true;
  return false;
}
