import { tokenCommentPrefix } from '@kumiki/api';

/** Reads the parts of a frame (see sse-frames.ts) that the relay needs. */

const lf = 10;
const cr = 13;
const colon = 58;
const space = 32;
// A byte order mark inside the stream is text; the splitter has dropped the one at the start.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const dataField = new TextEncoder().encode('data:');
const tokenPrefix = new TextEncoder().encode(tokenCommentPrefix);

/** Highest accepted token id or choice index: the largest signed 32-bit integer. */
const maxNumber = 2_147_483_647;

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) if (bytes[at] !== prefix[at]) return false;
  return true;
}

/** The text of the frame's data lines, joined by line feeds; null when it has none. */
export function dataOf(frame: Uint8Array): string | null {
  const end = frame.length - 2;
  if (startsWith(frame, dataField) && frame.indexOf(lf) === end && frame[end + 1] === lf && frame.indexOf(cr) === -1) {
    return decoder.decode(frame.subarray(frame[5] === space ? 6 : 5, end));
  }
  let data: string | null = null;
  for (const line of decoder.decode(frame).split(/\r\n|\n|\r/)) {
    let value: string;
    if (line.startsWith('data:')) value = line.slice(line[5] === ' ' ? 6 : 5);
    else if (line === 'data') value = '';
    else continue;
    data = data === null ? value : `${data}\n${value}`;
  }
  return data;
}

/** Whether all lines of a frame are comments (at least one): a keep-alive without an event. */
export function isComment(frame: Uint8Array): boolean {
  if (frame[0] !== colon) return false;
  let lineStart = true;
  for (const byte of frame) {
    const lineEnd = byte === lf || byte === cr;
    if (lineStart && !lineEnd && byte !== colon) return false;
    lineStart = lineEnd;
  }
  return true;
}

/** Whether a frame has only line ends: the rest of a token comment without an event. */
export function isBlank(frame: Uint8Array): boolean {
  const first = frame[0];
  return first === undefined || (frame.length <= 2 && (first === lf || first === cr));
}

/** Whether the frame's data is `[DONE]`. */
export function isDone(frame: Uint8Array): boolean {
  if (startsWith(frame, dataField)) {
    const first = frame[5] === space ? frame[6] : frame[5];
    if (first !== 91 /* [ */) return false;
  }
  return dataOf(frame) === '[DONE]';
}

export interface TokenComment {
  /** The frame without the comment line; {@link isBlank} when the comment was all of it. */
  readonly rest: Uint8Array;
  readonly choice: number;
  /** The ids as they stand in the line, for {@link parseTokenIds}. */
  readonly idBytes: Uint8Array;
}

/** Takes the token-id comment line from the front of a frame; null when the frame does not begin with a valid one. */
export function stripTokenComment(frame: Uint8Array): TokenComment | null {
  if (!startsWith(frame, tokenPrefix)) return null;
  let choice = 0;
  let at = tokenPrefix.length;
  for (; ; at++) {
    const digit = (frame[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    choice = choice * 10 + digit;
    if (choice > maxNumber) return null;
  }
  if (at === tokenPrefix.length || frame[at] !== space) return null;
  const idStart = at + 1;
  let end = idStart;
  while (end < frame.length && isIdByte(frame[end])) end++;
  let next = end + 1;
  if (frame[end] === cr) {
    if (frame[next] === lf) next++;
  } else if (frame[end] !== lf) {
    return null;
  }
  return { rest: frame.subarray(next), choice, idBytes: frame.subarray(idStart, end) };
}

/** Digits and the comma. */
function isIdByte(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 48 && byte <= 57) || byte === 44);
}

/** The ids of a token comment: `12,7,900` → [12, 7, 900]. null when the format is wrong. */
export function parseTokenIds(idBytes: Uint8Array): number[] | null {
  const ids: number[] = [];
  if (idBytes.length === 0) return ids;
  let id = -1;
  for (const byte of idBytes) {
    if (byte === 44) {
      if (id === -1) return null;
      ids.push(id);
      id = -1;
      continue;
    }
    if (byte < 48 || byte > 57) return null;
    id = (id === -1 ? 0 : id) * 10 + byte - 48;
    if (id > maxNumber) return null;
  }
  if (id === -1) return null;
  ids.push(id);
  return ids;
}
