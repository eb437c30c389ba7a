import { isUtf8 } from 'node:buffer';
import { notTextReason } from '@kumiki/service';
import { scanMessages } from './first-user-message.ts';
import {
  broken,
  closeBrace,
  colon,
  comma,
  maxBodyDepth,
  openBrace,
  quote,
  skipSpace,
  skipString,
  skipValue,
  tooDeep,
  tooMany,
  countValue,
  countValues,
} from './json-scan.ts';
import { interpret, type FoundValues, type ScanRefusal, type ScanResult } from './scanned-request.ts';
import { wantedKeyAt, wantedKeys } from './wanted-keys.ts';

export type { ScannedRequest, Span } from './scanned-request.ts';

const messagesIndex = wantedKeys.indexOf('messages');
const prototypeIndex = wantedKeys.indexOf('__proto__');

/** Offsets of the wanted values, -1 for absent ones. Global, since one scan runs at a time. */
const starts = new Int32Array(wantedKeys.length);
const ends = new Int32Array(wantedKeys.length);

/**
 * Reads what the gateway needs of a request body without parsing it: in linear time, without a copy. The model server may
 * still refuse what this accepts, because values that the gateway does not need are skipped by quotes and brackets. What is
 * read equals what JSON.parse would give. A wanted member that occurs twice is refused, since the next parser might take the
 * other one; so is `__proto__`.
 * @param maxValues the most members and elements in the whole body.
 */
export function scanRequest(body: Buffer, maxValues: number = Number.MAX_SAFE_INTEGER): ScanResult {
  countValues(maxValues);
  if (!isUtf8(body)) return notJson(notTextReason(body));
  const open = skipSpace(body, 0);
  if (body[open] !== openBrace) return notJson(open === body.length ? 'it is empty' : 'it is not an object');
  starts.fill(-1);
  const first = skipSpace(body, open + 1);
  const found = { starts, ends, firstUserEnd: -1, closeAt: first, empty: body[first] === closeBrace };
  if (!found.empty) {
    const refusal = scanMembers(body, first, { found, maxValues });
    if (refusal !== null) return refusal;
  }
  const after = skipSpace(body, found.closeAt + 1);
  if (after !== body.length) return notJson(`something follows the object at byte ${after}`);
  return interpret(body, found);
}

interface Scan {
  readonly found: FoundValues;
  readonly maxValues: number;
}

/** Walks the members, beginning at the quote of the first name, and notes the wanted ones. */
function scanMembers(body: Buffer, at: number, { found, maxValues }: Scan): ScanRefusal | null {
  let next = at;
  for (;;) {
    const keyEnd = body[next] === quote ? skipString(body, next) : broken;
    if (keyEnd === broken) return notJson(`a member's name is expected at byte ${next}`);
    const key = wantedKeyAt(body, next, keyEnd);
    next = skipSpace(body, keyEnd);
    if (body[next] !== colon) return notJson(`a colon is expected at byte ${next}`);
    const start = skipSpace(body, next + 1);
    let end: number;
    if (key === messagesIndex) ({ end, firstUserEnd: found.firstUserEnd } = scanMessages(body, start));
    else end = skipValue(body, start, 1);
    if (end === tooMany || !countValue()) {
      const reason = `it holds more than ${maxValues} members and elements`;
      return { ok: false, code: 'invalid_value', details: { param: 'body', reason } };
    }
    if (end === tooDeep) return { ok: false, code: 'body_too_deep', details: { limit: maxBodyDepth } };
    if (end === broken) return notJson(`the value at byte ${start} is not valid, too long a number, or does not end`);
    if (key === prototypeIndex)
      return { ok: false, code: 'unknown_parameter', details: { param: '__proto__', hint: '' } };
    if (key !== -1) {
      if (starts[key] !== -1) return notJson(`duplicate key '${wantedKeys[key]}'`);
      starts[key] = start;
      ends[key] = end;
    }
    next = skipSpace(body, end);
    if (body[next] === closeBrace) {
      found.closeAt = next;
      return null;
    }
    if (body[next] !== comma) return notJson(`a comma or brace is expected at byte ${next}`);
    next = skipSpace(body, next + 1);
  }
}

function notJson(reason: string): ScanRefusal {
  return { ok: false, code: 'invalid_json', details: { reason } };
}
