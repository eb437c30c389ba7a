import type { ErrorCode } from '@kumiki/api';
import type { ResponseErrorCode } from '../answer/response-object.ts';

/** The gateway's errors when an answer cannot be continued, and the codes that the response shows for them. */
const ends: Partial<Record<ErrorCode, ResponseErrorCode>> = {
  stream_interrupted: 'server_error',
  poisonous_request: 'poisonous_request',
  credential_revoked: 'credential_revoked',
  // The key was deleted or expired after the response was created.
  invalid_api_key: 'credential_revoked',
};

/** The code of the failed response; null when a retry may succeed. */
export function codeOfEnd(code: string | null): ResponseErrorCode | null {
  return code !== null && Object.hasOwn(ends, code) ? (ends[code as ErrorCode] ?? null) : null;
}
