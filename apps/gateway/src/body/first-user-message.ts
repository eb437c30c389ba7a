import {
  broken,
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  skipString,
  skipToClose,
  skipValue,
  countValue,
  tooMany,
} from './json-scan.ts';
import { stringEquals } from './json-string.ts';

/** Brackets that are open inside the list of messages. */
const listDepth = 2;

export interface MessagesScan {
  /** The byte after the list, `broken`, `tooDeep` or `tooMany`. */
  readonly end: number;
  /** The byte after the first message whose role is `user`, -1 without one. */
  readonly firstUserEnd: number;
}

/** Walks the value of `messages`, which begins at `at`: message by message up to the first of the user, then by brackets alone. */
export function scanMessages(body: Buffer, at: number): MessagesScan {
  if (body[at] !== openBracket) return { end: skipValue(body, at, listDepth - 1), firstUserEnd: -1 };
  let next = skipSpace(body, at + 1);
  if (body[next] === closeBracket) return { end: next + 1, firstUserEnd: -1 };
  for (;;) {
    if (!countValue()) return { end: tooMany, firstUserEnd: -1 };
    if (body[next] === openBrace) {
      const { end, isUser } = scanMessage(body, next);
      if (isUser) return { end: skipToClose(body, end, openBracket, listDepth), firstUserEnd: end };
      next = end;
    } else {
      next = skipValue(body, next, listDepth);
    }
    if (next < 0) return { end: next, firstUserEnd: -1 };
    next = skipSpace(body, next);
    if (body[next] === closeBracket) return { end: next + 1, firstUserEnd: -1 };
    if (body[next] !== comma) return { end: broken, firstUserEnd: -1 };
    next = skipSpace(body, next + 1);
  }
}

/** Walks the message whose brace is at `at`. If it has several roles, the last one counts, as in JSON.parse. */
function scanMessage(body: Buffer, at: number): { end: number; isUser: boolean } {
  let isUser = false;
  let next = skipSpace(body, at + 1);
  if (body[next] === closeBrace) return { end: next + 1, isUser };
  for (;;) {
    if (!countValue()) return { end: tooMany, isUser: false };
    const keyEnd = body[next] === quote ? skipString(body, next) : broken;
    if (keyEnd === broken) return { end: broken, isUser: false };
    const isRole = stringEquals(body, next, keyEnd, 'role');
    next = skipSpace(body, keyEnd);
    if (body[next] !== colon) return { end: broken, isUser: false };
    const value = skipSpace(body, next + 1);
    const end = skipValue(body, value, listDepth + 1);
    if (end < 0) return { end, isUser: false };
    if (isRole) isUser = stringEquals(body, value, end, 'user');
    next = skipSpace(body, end);
    if (body[next] === closeBrace) return { end: next + 1, isUser };
    if (body[next] !== comma) return { end: broken, isUser: false };
    next = skipSpace(body, next + 1);
  }
}
