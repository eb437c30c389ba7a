import { KumikiError } from '@kumiki/api';
import { createBearerCheck } from '@kumiki/seal';

/**
 * Checks the `authorization` header in constant time.
 * @param token null accepts every request.
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
