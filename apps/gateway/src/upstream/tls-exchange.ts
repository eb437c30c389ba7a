import type { Dispatcher } from 'undici';
import { egressDenied, egressRefusal } from '../egress/egress-guard.ts';
import type { Deadline, DeadlineWheel } from './deadline-wheel.ts';
import type { UpstreamExchange, UpstreamFailureCode, UpstreamHandlers, UpstreamRequest } from './upstream.ts';

export interface TlsExchange extends UpstreamExchange {
  start(dispatcher: Dispatcher): void;
  /** The client could not be loaded. */
  failToStart(thrown: unknown): void;
  shutDown(): void;
}

export interface TlsExchangeParts {
  readonly request: UpstreamRequest;
  readonly handlers: UpstreamHandlers;
  readonly wheel: DeadlineWheel;
  readonly onOver: (exchange: TlsExchange) => void;
}

interface SocketError extends Error {
  readonly code?: string;
  /** What undici reports of the connection that broke. */
  readonly socket?: { readonly bytesRead?: number };
}

type FlatHeaders = Record<string, string | string[] | undefined>;

function flat(headers: FlatHeaders): string[] {
  const list: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) list.push(name, one);
  }
  return list;
}

const invalidReplyCodes = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

/** Classifies an error. @param connected whether the connection had been made. */
function failureOf(error: SocketError, connected: boolean): { code: UpstreamFailureCode; reason: string } {
  const code = error.code ?? error.name;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || (!connected && code === 'ETIMEDOUT')) {
    return { code: 'connect_timeout', reason: 'no connection could be made in time' };
  }
  if (code === egressDenied) return { code: 'egress_denied', reason: egressRefusal };
  if (!connected) return { code: 'connect_refused', reason: `no connection could be made (${code})` };
  if (error.name === 'HTTPParserError' || invalidReplyCodes.has(code)) {
    return { code: 'protocol_error', reason: `its reply is not valid HTTP (${code})` };
  }
  if (code === 'UND_ERR_SOCKET') {
    return { code: 'broken', reason: 'it closed the connection before its reply was whole' };
  }
  return { code: 'broken', reason: `the connection broke (${code})` };
}

/** One request over undici, with the handlers, deadlines and failures of the plain client. */
class UndiciExchange implements TlsExchange, Dispatcher.DispatchHandler {
  /** undici does not say which connection it uses. */
  readonly reused = false;
  readonly #parts: TlsExchangeParts;
  #deadline: Deadline | null;
  #controller: Dispatcher.DispatchController | null = null;
  #paused = false;
  #connected = false;
  #replyBegun = false;
  #over = false;

  constructor(parts: TlsExchangeParts) {
    this.#parts = parts;
    const { connectTimeoutMs } = parts.request;
    this.#deadline = parts.wheel.arm(connectTimeoutMs, () => {
      this.#fail('connect_timeout', `no connection could be made within ${connectTimeoutMs} ms`);
    });
  }

  start(dispatcher: Dispatcher): void {
    if (this.#over) return;
    const { origin, path, method, headers, body } = this.#parts.request;
    try {
      dispatcher.dispatch({ origin, path, method, headers: [...headers], body }, this);
    } catch (error) {
      this.#fail('protocol_error', `the request cannot be sent (${(error as Error).message})`);
    }
  }

  failToStart(thrown: unknown): void {
    this.#fail('connect_refused', `the TLS client could not be loaded (${String(thrown)})`);
  }

  shutDown(): void {
    this.#fail('broken', 'the gateway closed the connection');
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#controller?.abort(new Error('the request was given up'));
  }

  pause(): void {
    this.#paused = true;
    this.#controller?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) {
      controller.abort(new Error('the request was given up'));
      return;
    }
    if (this.#paused) controller.pause();
    this.#connected = true;
    this.#clearDeadline();
    const { headersTimeoutMs } = this.#parts.request;
    if (headersTimeoutMs === null) return;
    this.#deadline = this.#parts.wheel.arm(headersTimeoutMs, () => {
      this.#fail('headers_timeout', `it did not begin to reply within ${headersTimeoutMs} ms`);
    });
  }

  onResponseStart(_: unknown, status: number, headers: FlatHeaders): void {
    if (this.#over || status === 100) return;
    this.#replyBegun = true;
    this.#clearDeadline();
    if (status < 200) this.#fail('protocol_error', `its status ${status} was not asked for`);
    else this.#parts.handlers.onHead(status, flat(headers));
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    if (!this.#over) this.#parts.handlers.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#finish();
    this.#parts.handlers.onEnd();
  }

  onResponseError(_: unknown, error: SocketError): void {
    const { code, reason } = failureOf(error, this.#connected);
    // A connection that has read bytes before this reply began has carried another exchange.
    const reused = !this.#replyBegun && (error.socket?.bytesRead ?? 0) > 0;
    this.#fail(code, reason, reused && code === 'broken');
  }

  #clearDeadline(): void {
    this.#deadline?.clear();
    this.#deadline = null;
  }

  #finish(): void {
    this.#over = true;
    this.#clearDeadline();
    this.#parts.onOver(this);
  }

  #fail(code: UpstreamFailureCode, reason: string, stale = false): void {
    if (this.#over) return;
    this.#finish();
    this.#controller?.abort(new Error(reason));
    this.#parts.handlers.onError({ code, reason, requestSent: this.#connected, replyBegun: this.#replyBegun, stale });
  }
}

export function createTlsExchange(parts: TlsExchangeParts): TlsExchange {
  return new UndiciExchange(parts);
}
