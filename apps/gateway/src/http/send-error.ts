import type { ServerResponse } from 'node:http';
import { type ErrorCode, errorEnvelope, errorTable, headers, type KumikiError } from '@kumiki/api';
import { discardBody, type DiscardLimits, mayKeep, unknownDiscard } from './discard-body.ts';

/** The headers that tell a client whether and when to try again. */
function retryHeaders(error: KumikiError): Record<string, string> {
  const result: Record<string, string> = { [headers.shouldRetry]: String(errorTable[error.code].retryable) };
  if (error.retryAfterMs !== undefined) {
    result[headers.retryAfter] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
    result[headers.retryAfterMs] = String(Math.max(1, Math.ceil(error.retryAfterMs)));
  }
  return result;
}

/** After these refusals the connection closes: the client may have stopped in the middle of a body, or nothing can tell where it ends. */
const closingCodes: ReadonlySet<ErrorCode> = new Set([
  'request_timeout',
  'body_too_large',
  'unsupported_expectation',
  'unsupported_transfer_coding',
  'bad_request_framing',
  'credential_revoked',
]);

/**
 * Ends a response that has not begun with the error's envelope, and throws away what is left of the request's body. Does
 * nothing when the client has left.
 */
export function sendError(response: ServerResponse, error: KumikiError, limits: DiscardLimits = unknownDiscard): void {
  if (response.headersSent || response.destroyed) return;
  const { req: request } = response;
  const body = Buffer.from(JSON.stringify(errorEnvelope(error)));
  const closes = closingCodes.has(error.code) || (!request.complete && !mayKeep(request, limits));
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': body.length,
    ...retryHeaders(error),
    ...(closes ? { connection: 'close' } : {}),
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(body);
  discardBody(request, response, limits);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}
