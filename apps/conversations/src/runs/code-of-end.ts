import type { ErrorCode } from '@kumiki/api';
import type { ResponseErrorCode } from '../answer/response-object.ts';

/** What the gateway says when nobody can go on with an answer, and how the response says it. */
const ends: Partial<Record<ErrorCode, ResponseErrorCode>> = {
  stream_interrupted: 'server_error',
  poisonous_request: 'poisonous_request',
  credential_revoked: 'credential_revoked',
  // The key that is acted for is gone, or has expired: it was there when the response was made.
  invalid_api_key: 'credential_revoked',
};

/** The code of the failed response; null where the same may pass another time. */
export function codeOfEnd(code: string | null): ResponseErrorCode | null {
  return code !== null && Object.hasOwn(ends, code) ? (ends[code as ErrorCode] ?? null) : null;
}
