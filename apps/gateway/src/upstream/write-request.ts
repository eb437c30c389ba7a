import type { Socket } from 'node:net';
import { KumikiError } from '@kumiki/api';
import type { UpstreamRequest } from './upstream.ts';

/** A body up to this size is copied behind the head, so that both go out in one write. */
const maxCopiedBodyBytes = 65_536;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const target = /^\/[\x21-\x7e]*$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

function refuse(what: string): never {
  throw new KumikiError('bad_request_framing', { reason: `${what} cannot be sent to a model server` });
}

/** The request's head with its empty last line. Throws `bad_request_framing` for text that would break out of its line. */
export function requestHead(request: UpstreamRequest, host: string): string {
  const { method, path, headers, body } = request;
  if (!token.test(method)) refuse('the method');
  if (!target.test(path)) refuse('the path');
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (!token.test(name) || !fieldValue.test(value)) refuse(`the header ${JSON.stringify(name)}`);
    head += `${name}: ${value}\r\n`;
  }
  if (body !== null) head += `content-length: ${body.length}\r\n`;
  else if (method !== 'GET' && method !== 'HEAD') head += 'content-length: 0\r\n';
  return `${head}\r\n`;
}

/** Writes a request. @param sent is called when the operating system has its last byte. */
export function writeRequest(socket: Socket, head: string, body: Buffer | null, sent: () => void): void {
  if (body !== null && body.length > maxCopiedBodyBytes) {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body, sent);
    socket.uncork();
    return;
  }
  const bytes = Buffer.allocUnsafe(head.length + (body?.length ?? 0));
  bytes.write(head, 0, 'latin1');
  body?.copy(bytes, head.length);
  socket.write(bytes);
  sent();
}
