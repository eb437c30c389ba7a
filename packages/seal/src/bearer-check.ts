import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Checks whether an `authorization` header carries the token. Compares digests, so that the time does not depend on the
 * token.
 */
export function createBearerCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
