import type { ServerResponse } from 'node:http';
import { errorEnvelope, errorTable, headers, type KumikiError } from '@kumiki/api';

/** The headers that tell a client whether and when to try again. */
function retryHeaders(error: KumikiError): Record<string, string> {
  const result: Record<string, string> = { [headers.shouldRetry]: String(errorTable[error.code].retryable) };
  if (error.retryAfterMs !== undefined) {
    result[headers.retryAfter] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
    result[headers.retryAfterMs] = String(Math.max(1, Math.ceil(error.retryAfterMs)));
  }
  return result;
}

/** After them what the client sends is no request: the rest of a body, or one that nobody can read. */
const closingStatuses: ReadonlySet<number> = new Set([408, 413, 501]);

/** Ends a response that has not begun with the error's envelope. Does nothing when the client has left. */
export function sendError(response: ServerResponse, error: KumikiError): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify(errorEnvelope(error)));
  const closes =
    closingStatuses.has(error.status) || error.code === 'credential_revoked' || error.code === 'bad_request_framing';
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': body.length,
    ...retryHeaders(error),
    // The rest of a body that we refused to read must not be taken for the next request.
    ...(closes ? { connection: 'close' } : {}),
    ...(error.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}
