/** The interface of both HTTP clients for endpoints: the plain one (pool.ts) and the one for TLS (tls-upstream.ts). */

import type { AttemptFailure } from '@kumiki/api';

export interface UpstreamRequest {
  /** `http://host:port` or `https://…`, no path. */
  readonly origin: string;
  readonly method: string;
  /** With its query; printable ASCII. */
  readonly path: string;
  /** Flat: name, value, name, value. The client adds host, connection, content-length and transfer-encoding. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  readonly connectTimeoutMs: number;
  /** From the request's last byte to the end of the reply's head; null for no limit. */
  readonly headersTimeoutMs: number | null;
}

/** Flat: lower-case name, value, name, value. Names may repeat. */
export type ResponseHeaders = readonly string[];

/**
 * Called in the order head, data…, end; or error at any point. Nothing is called after end, error or `abort()`, nor before
 * `request()` has returned. A handler must not throw.
 */
export interface UpstreamHandlers {
  onHead(status: number, headers: ResponseHeaders): void;
  /** The receiver may keep the chunk. */
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
  /** Whether any byte of the request was handed to the socket, so that the server may have begun to work on it. */
  readonly requestSent: boolean;
  /** Whether any byte of the reply was read. */
  readonly replyBegun: boolean;
  /** Whether a kept connection ended before any byte of the reply, because the server closed it while idle. Retry at once. */
  readonly stale: boolean;
}

export interface UpstreamExchange {
  /** Ends the exchange and its connection. No handler is called afterwards. */
  abort(): void;
  /** Stops reading from the connection. At most the data of one read is still delivered. */
  pause(): void;
  resume(): void;
  /** Whether the request went out on a kept connection. */
  readonly reused: boolean;
}

export interface UpstreamClient {
  request(request: UpstreamRequest, handlers: UpstreamHandlers): UpstreamExchange;
  /** Closes idle connections, and those in use when they are done. The next requests make new ones. */
  forgetAll(): void;
  /** Closes idle connections now. Open exchanges fail as `aborted`. */
  close(): void;
}

/** The first value of a header, by its lower-case name. */
export function headerValue(headers: ResponseHeaders, name: string): string | null {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) return headers[at + 1] ?? null;
  }
  return null;
}
