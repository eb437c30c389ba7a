/** What both HTTP clients of the gateway offer: the one for our pods (pool.ts) and the one for TLS (tls-upstream.ts). */

import type { AttemptFailure } from '@kumiki/api';

export interface UpstreamRequest {
  /** `http://host:port` or `https://…`, no path. */
  readonly origin: string;
  readonly method: string;
  /** With its query; printable ASCII. */
  readonly path: string;
  /** Flat: name, value, name, value. Without host, connection, content-length and transfer-encoding, which the client adds. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  readonly connectTimeoutMs: number;
  /** From the request's last byte to the end of the reply's head; null waits without limit. */
  readonly headersTimeoutMs: number | null;
}

/** Flat: lower-case name, value, name, value. Names may repeat. */
export type ResponseHeaders = readonly string[];

/**
 * Called in the order head, data…, end, or error at any point; nothing after end, error or `abort()`, and nothing
 * before `request()` has returned. A handler must not throw.
 */
export interface UpstreamHandlers {
  onHead(status: number, headers: ResponseHeaders): void;
  /** The chunk is the receiver's to keep. */
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(failure: UpstreamFailure): void;
}

/** The failures that a connection can have. */
export type UpstreamFailureCode = Extract<
  AttemptFailure,
  'connect_refused' | 'egress_denied' | 'connect_timeout' | 'headers_timeout' | 'broken' | 'protocol_error'
>;

export interface UpstreamFailure {
  readonly code: UpstreamFailureCode;
  /** A sentence part for people: `the connection was refused (ECONNREFUSED)`. */
  readonly reason: string;
  /** Any byte of the request was handed to the socket, so the server may have begun to work on it. */
  readonly requestSent: boolean;
  /** Any byte of the reply was read. */
  readonly replyBegun: boolean;
  /** A kept connection died before any byte of the reply: the server closed it while idle. Ask again at once. */
  readonly stale: boolean;
}

export interface UpstreamExchange {
  /** Ends the exchange and its connection. No handler is called afterwards. */
  abort(): void;
  /** Stops reading from the connection; at most what one read gave is delivered after it. */
  pause(): void;
  resume(): void;
  /** Whether the request went out on a kept connection. */
  readonly reused: boolean;
}

export interface UpstreamClient {
  request(request: UpstreamRequest, handlers: UpstreamHandlers): UpstreamExchange;
  /** Closes kept connections, and those in use when they are done: the next requests dial anew. */
  forgetAll(): void;
  /** Closes kept connections now; open exchanges get `aborted`. */
  close(): void;
}

/** The first value of a header, by its lower-case name. */
export function headerValue(headers: ResponseHeaders, name: string): string | null {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) return headers[at + 1] ?? null;
  }
  return null;
}
