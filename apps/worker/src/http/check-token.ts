import { createHash, timingSafeEqual } from 'node:crypto';
import { KumikiError } from '@kumiki/api';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * A check of the `authorization` header in a time that says nothing about the token.
 * @param token null lets everyone pass.
 */
export function createTokenCheck(token: string | null): (authorization: string | undefined) => void {
  if (token === null) return () => {};
  const expected = digest(`Bearer ${token}`);
  return (authorization) => {
    if (timingSafeEqual(digest(authorization ?? ''), expected)) return;
    const reason =
      authorization === undefined ? 'the request has none' : 'the one sent is not the token of this worker';
    throw new KumikiError('invalid_api_key', { reason });
  };
}
