import type { IncomingMessage } from 'node:http';
import { findPath, KumikiError } from '@kumiki/api';

/** Characters of a header that a refusal repeats. */
const shownCharacters = 64;

/** Escapes of control characters. */
const escapedControl = /%(?:[01][0-9a-f]|7f)/i;

/**
 * Refuses what services should not have to handle: a transfer coding that is not implemented, and control characters, broken
 * escapes and half characters in a path. Throws KumikiError.
 */
export function checkRequest(request: IncomingMessage, path: string): void {
  const { headers, httpVersion, url = '' } = request;
  // Node's own refusal of this has an empty body.
  if (headers.host === undefined && httpVersion === '1.1') {
    throw new KumikiError('bad_request_framing', { reason: 'it has no Host header' });
  }
  const coding = headers['transfer-encoding'];
  // Node accepts any list that ends in chunked, and decodes only that last coding (RFC 9112, 6.1).
  if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
    throw new KumikiError('unsupported_transfer_coding', { coding: coding.slice(0, shownCharacters) });
  }
  if (!url.includes('%')) return;
  if (escapedControl.test(path)) {
    throw invalid(
      segmentName(request, path, (segment) => escapedControl.test(segment)),
      'it holds a control character',
    );
  }
  if (url.includes('%00')) throw invalid(queryName(url), 'it holds U+0000');
  if (!isText(path)) {
    throw invalid(
      segmentName(request, path, (segment) => !isText(segment)),
      'its percent signs encode no text',
    );
  }
}

/** The refusal of an `Expect` header that asks for something other than 100-continue (RFC 9110, 10.1.1). */
export function refuseExpectation({ headers }: IncomingMessage): KumikiError {
  return new KumikiError('unsupported_expectation', {
    expectation: (headers.expect ?? '').slice(0, shownCharacters),
  });
}

function isText(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function invalid(param: string, reason: string): KumikiError {
  return new KumikiError('invalid_value', { param, reason });
}

/** The name of the first wrong segment in the table of paths (`response`); `path` when it has none. */
function segmentName({ method = 'GET' }: IncomingMessage, path: string, isWrong: (segment: string) => boolean): string {
  const at = path.split('/').findIndex(isWrong);
  const named = findPath(method, path)?.pattern.split('/')[at];
  return named?.startsWith(':') === true ? named.slice(1) : 'path';
}

/** The query parameter whose value contains U+0000; `query` when its name does. */
function queryName(url: string): string {
  const wrong = url
    .slice(url.indexOf('?') + 1)
    .split('&')
    .find((part) => part.includes('%00'));
  const [name = ''] = wrong?.split('=', 1) ?? [];
  return name === '' || name.includes('%') ? 'query' : name.slice(0, shownCharacters);
}
