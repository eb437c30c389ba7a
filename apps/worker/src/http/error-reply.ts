import type { ServerResponse } from 'node:http';
import { errorEnvelope, errorTable, headers, type KumikiError } from '@kumiki/api';

/** Sends an error as the whole reply. Does nothing when a reply has begun. */
export function replyError(response: ServerResponse, error: KumikiError): void {
  if (response.headersSent || response.destroyed) return;
  const retryAfterMs = error.retryAfterMs;
  replyJson(response, error.status, errorEnvelope(error), {
    [headers.shouldRetry]: String(errorTable[error.code].retryable),
    ...(retryAfterMs === undefined
      ? {}
      : {
          [headers.retryAfter]: String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
          [headers.retryAfterMs]: String(retryAfterMs),
        }),
  });
}

export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  more: Readonly<Record<string, string>> = {},
): void {
  replyText(response, status, typeof body === 'string' ? body : JSON.stringify(body), 'application/json', more);
}

export function replyText(
  response: ServerResponse,
  status: number,
  text: string,
  contentType: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length, ...more });
  response.end(bytes);
}

/** The event that ends a stream which failed. */
export function errorFrame(error: KumikiError): string {
  return `data: ${JSON.stringify(errorEnvelope(error))}\n\n`;
}
