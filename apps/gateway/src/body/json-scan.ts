import { maxJsonDepth } from '@kumiki/api';
import { skipString } from '@kumiki/service';

export { skipString } from '@kumiki/service';

/**
 * Walks a JSON text as bytes. Values that are not wanted are skipped by their quotes and brackets alone, so the model server
 * has to refuse a body that is broken inside of them.
 */

/** Deepest nesting of a request body. JSON.parse has no limit besides the stack. */
export const maxBodyDepth = maxJsonDepth;

export const quote = 34;
export const comma = 44;
export const colon = 58;
export const openBracket = 91;
export const closeBracket = 93;
export const openBrace = 123;
export const closeBrace = 125;

/** Returned instead of an offset. */
export const broken = -1;
export const tooDeep = -2;
export const tooMany = -3;

/** How many more members and elements this scan may find. Global, since one scan runs at a time. */
let valuesLeft = 0;

/** Begins a scan that may find at most this many members and elements. */
export function countValues(most: number): void {
  valuesLeft = most;
}

/** Counts one member or element. False when it exceeds the limit. */
export function countValue(): boolean {
  return --valuesLeft >= 0;
}

/** For each byte: 0 where a skipped value just continues, 1 where the scan has to act. */
const structural = new Uint8Array(256);
for (const byte of [quote, comma, openBracket, closeBracket, openBrace, closeBrace]) structural[byte] = 1;

const blanks = Buffer.alloc(4_096, ' ');
/** White space up to this length is walked byte by byte. Longer runs are compared natively, which has a cost per call. */
const nativeBlanksAfter = 64;

/** Offset of the first byte at or after `at` that is not JSON white space. */
export function skipSpace(body: Buffer, at: number): number {
  let next = at;
  for (;;) {
    const near = next + nativeBlanksAfter;
    while (next < near) {
      const byte = body[next];
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return next;
      next++;
    }
    while (
      next + blanks.length <= body.length &&
      body.compare(blanks, 0, blanks.length, next, next + blanks.length) === 0
    ) {
      next += blanks.length;
    }
  }
}

/** The open bracket at each depth. Global, since one scan runs at a time. */
const opened = new Uint8Array(maxBodyDepth + 1);

/**
 * Offset of the byte after the value that begins at `at`, or {@link broken}, {@link tooDeep} or {@link tooMany}.
 * @param depth number of brackets that are open around the value.
 */
export function skipValue(body: Buffer, at: number, depth: number): number {
  const first = body[at];
  if (first === quote) return skipString(body, at);
  if (first !== openBrace && first !== openBracket) return skipScalar(body, at);
  return skipToClose(body, at + 1, first, depth + 1);
}

/**
 * Offset of the byte after the bracket that closes the open one, or {@link broken}, {@link tooDeep} or {@link tooMany}.
 * @param bracket the open bracket; its contents begin at or before `at`.
 * @param depth number of open brackets, this one included.
 */
export function skipToClose(body: Buffer, at: number, bracket: number, depth: number): number {
  if (depth > maxBodyDepth) return tooDeep;
  if (--valuesLeft < 0) return tooMany;
  opened[depth] = bracket;
  const length = body.length;
  let open = depth;
  for (let next = at; next < length; next++) {
    const byte = body[next] as number;
    if (structural[byte] === 0) continue;
    if (byte === quote) {
      next = skipString(body, next) - 1;
      if (next < 0) return broken;
    } else if (byte === comma) {
      if (--valuesLeft < 0) return tooMany;
    } else if (byte === openBrace || byte === openBracket) {
      if (--valuesLeft < 0) return tooMany;
      if (++open > maxBodyDepth) return tooDeep;
      opened[open] = byte;
    } else {
      // The code of a closing brace or bracket is that of its opening one plus two.
      if (opened[open] !== byte - 2) return broken;
      if (--open < depth) return next + 1;
    }
  }
  return broken;
}

const scalarByte = new Uint8Array(256);
for (const character of '+-.0123456789Eaeflnrstu') scalarByte[character.charCodeAt(0)] = 1;

/** Longest number: more digits than the smallest double has. */
const maxScalarBytes = 1_100;

/** Offset of the byte after a number, true, false or null, which is not checked. {@link broken} for a longer text than any of these. */
function skipScalar(body: Buffer, at: number): number {
  const limit = Math.min(body.length, at + maxScalarBytes);
  let next = at;
  while (next < limit && scalarByte[body[next] as number] === 1) next++;
  return next === at || next - at === maxScalarBytes ? broken : next;
}
