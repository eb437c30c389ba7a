import { KumikiError } from '@kumiki/api';
import { createBearerCheck } from '@kumiki/seal';

/**
 * A check of the `authorization` header in a time that says nothing about the token.
 * @param token null lets everyone pass.
 */
export function createTokenCheck(token: string | null): (authorization: string | undefined) => void {
  if (token === null) return () => {};
  const isToken = createBearerCheck(token);
  return (authorization) => {
    if (isToken(authorization)) return;
    const reason =
      authorization === undefined ? 'the request has none' : 'the one sent is not the token of this worker';
    throw new KumikiError('invalid_api_key', { reason });
  };
}
