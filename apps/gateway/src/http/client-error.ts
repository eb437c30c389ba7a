import type { Duplex } from 'node:stream';
import { errorEnvelope, KumikiError } from '@kumiki/api';

/** The status line's reason phrases of the few statuses that are sent before a request exists. */
const phrases: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Largest header block that a client may send, in bytes. */
export const maxHeaderBytes = 16_384;

/**
 * Answers what never became a request: broken framing, headers that are too large or too slow. The connection is
 * closed, since nobody can tell where a next request would begin.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, headersTimeoutMs: number): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refusal = describe(error, headersTimeoutMs);
  const body = JSON.stringify(errorEnvelope(refusal));
  socket.end(
    `HTTP/1.1 ${refusal.status} ${phrases[refusal.status] ?? 'Error'}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function describe(error: NodeJS.ErrnoException, headersTimeoutMs: number): KumikiError {
  switch (error.code ?? '') {
    case 'HPE_HEADER_OVERFLOW':
      return new KumikiError('headers_too_large', { limitBytes: maxHeaderBytes });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new KumikiError('request_timeout', { limitMs: headersTimeoutMs });
    default:
      return new KumikiError('bad_request_framing', { reason: framingReason(error) });
  }
}

/** The parser's own words name what is wrong (`Invalid header value char`); anything else stays ours. */
function framingReason(error: NodeJS.ErrnoException): string {
  const match = /^Parse Error: ([\x20-\x7e]{1,120})$/.exec(error.message);
  return match?.[1] ?? 'it does not follow HTTP/1.1';
}
