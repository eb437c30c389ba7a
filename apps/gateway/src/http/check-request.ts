import type { IncomingMessage } from 'node:http';
import { KumikiError } from '@kumiki/api';

/** Characters of a header that a refusal repeats. */
const shownCharacters = 64;

/** Escapes of control characters; what else a path escapes is text. */
const escapedControl = /%(?:[01][0-9a-f]|7f)/i;

/**
 * Refuses what no service should have to think of: a coding that is not implemented, and control characters, broken
 * escapes and half characters in a path. Throws KumikiError.
 */
export function checkRequest(request: IncomingMessage, path: string): void {
  const { headers, httpVersion, url = '' } = request;
  // Node would refuse this by itself, with an empty body.
  if (headers.host === undefined && httpVersion === '1.1') {
    throw new KumikiError('bad_request_framing', { reason: 'it has no Host header' });
  }
  const coding = headers['transfer-encoding'];
  // Node takes any list that ends in chunked, and undoes that one alone (RFC 9112, 6.1).
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
    throw new KumikiError('unsupported_transfer_coding', { coding: coding.slice(0, shownCharacters) });
  }
  if (!url.includes('%')) return;
  if (escapedControl.test(path)) throw invalidPath('it holds a control character');
  if (url.includes('%00')) throw invalidPath('its query holds U+0000');
  if (!isText(path)) throw invalidPath('its percent signs encode no text');
}

function isText(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function invalidPath(reason: string): KumikiError {
  return new KumikiError('invalid_value', { param: 'path', reason });
}
