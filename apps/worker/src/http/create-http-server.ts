import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { errorEnvelope, headers, KumikiError, toKumikiError } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { replyError } from './error-reply.ts';
import { ClientLeft, createExchange } from './exchange.ts';
import { route, type RoutingOptions } from './routes.ts';

export interface HttpServer {
  readonly server: Server;
  /** Requests whose reply is not complete yet. */
  readonly open: number;
  /** Calls back whenever a request has ended. */
  onEnd(listener: () => void): void;
}

const headerLimitBytes = 16_384;

export function createHttpServer(options: RoutingOptions, log: Log): HttpServer {
  let open = 0;
  const listeners: (() => void)[] = [];
  const server = createServer(
    {
      maxHeaderSize: headerLimitBytes,
      headersTimeout: 15_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 75_000,
      noDelay: true,
    },
    (request, response) => {
      open += 1;
      const exchange = createExchange(request, response);
      const requestId = request.headers[headers.requestId];
      response.setHeader(headers.requestId, typeof requestId === 'string' ? requestId : `req_${randomUUID()}`);
      response.once('close', () => {
        open -= 1;
        for (const listener of listeners) listener();
      });
      route(options, exchange).catch((thrown: unknown) => {
        if (thrown instanceof ClientLeft || response.destroyed) return;
        const error = toKumikiError(thrown);
        if (error.status >= 500 && error.cause !== undefined) log.error({ err: error.cause }, 'a request failed');
        // The unread rest of a body is read and thrown away. Otherwise a client that still writes would not see the
        // reply.
        request.resume();
        replyError(response, error);
      });
    },
  );
  server.on('clientError', answerClientError);
  return {
    server,
    get open() {
      return open;
    },
    onEnd: (listener) => void listeners.push(listener),
  };
}

/** Replies to bytes that are not HTTP, if a reply can still be sent. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new KumikiError('headers_too_large', { limitBytes: headerLimitBytes })
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new KumikiError('request_timeout', { limitMs: 60_000 })
        : new KumikiError('bad_request_framing', { reason: 'it is not HTTP/1.1 as RFC 9112 has it' });
  const body = JSON.stringify(errorEnvelope(refusal));
  const head = `HTTP/1.1 ${refusal.status} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
