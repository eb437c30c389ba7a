import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorEnvelope, KumikiError } from '@kumiki/api';
import { unknownDiscard, watchUnread } from './discard-body.ts';

/** Reason phrases of the few statuses that are sent before a request exists. */
const phrases: Record<number, string> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Largest block of headers that a client may send, in bytes. */
export const maxHeaderBytes = 16_384;

/** Connections that have had their last reply; what still comes on them is thrown away. */
const ending = new WeakSet<Duplex>();

/**
 * Replies to bytes that never became a request: broken framing, headers that are too large or too slow. The connection
 * closes, since the start of a next request is unknown.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, headersTimeoutMs: number): void {
  // What follows broken framing is broken as well, and the parser reports each piece of it.
  if (ending.has(socket) && error.code !== 'ECONNRESET') return;
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET' || isOfTls(error) || hasBegunReply(socket)) {
    socket.destroy();
    return;
  }
  endWith(socket, describe(error, headersTimeoutMs));
}

/** Replies to CONNECT, which node:http would end without a reply. */
export function answerConnect({ url = '' }: IncomingMessage, socket: Duplex): void {
  const path = url.slice(0, 256);
  socket.on('error', () => socket.destroy());
  endWith(socket, new KumikiError('method_not_allowed', { method: 'CONNECT', path, allowed: 'GET, POST or DELETE' }));
}

/** Writes a refusal as the last reply of a connection, and reads on for a while so that the client can read it. */
function endWith(socket: Duplex, refusal: KumikiError): void {
  const body = JSON.stringify(errorEnvelope(refusal));
  socket.end(
    `HTTP/1.1 ${refusal.status} ${phrases[refusal.status] ?? 'Error'}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  ending.add(socket);
  if (!(socket instanceof Socket)) return;
  const watch = watchUnread(socket, unknownDiscard);
  socket.on('data', watch.check).resume();
}

/** Whether the TLS connection itself failed, so that the client could not read a reply. */
function isOfTls({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
}

/** Whether part of a reply has been sent: another reply in the middle of it would be read as its body. */
function hasBegunReply(socket: Duplex): boolean {
  // node:http keeps the reply that a connection is sending there. Its own default handler of client errors reads it
  // too.
  const { _httpMessage: reply } = socket as { _httpMessage?: ServerResponse | null };
  return reply?.headersSent === true;
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

/** The parser's message names what is wrong (`Invalid header value char`). */
function framingReason(error: NodeJS.ErrnoException): string {
  const match = /^Parse Error: ([\x20-\x7e]{1,120})$/.exec(error.message);
  return match?.[1] ?? 'it does not follow HTTP/1.1';
}
