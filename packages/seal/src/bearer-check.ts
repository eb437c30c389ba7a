import { createHash, timingSafeEqual } from 'node:crypto';

/** Tells whether an `authorization` header carries the token. Digests have one length: the time of it tells nothing. */
export function createBearerCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
