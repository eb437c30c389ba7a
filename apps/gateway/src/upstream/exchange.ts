import { egressDenied, egressRefusal } from '../egress/egress-guard.ts';
import type { Carried, Connection } from './connection.ts';
import type { Deadline, DeadlineWheel } from './deadline-wheel.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser } from './response-parser.ts';
import type { UpstreamExchange, UpstreamFailureCode, UpstreamHandlers, UpstreamRequest } from './upstream.ts';
import { writeRequest } from './write-request.ts';

/** One request and its reply on a connection. */
export class Exchange implements Carried, UpstreamExchange {
  readonly reused: boolean;
  readonly #request: UpstreamRequest;
  readonly #head: string;
  readonly #handlers: UpstreamHandlers;
  readonly #connection: Connection;
  readonly #wheel: DeadlineWheel;
  readonly #parser: ResponseParser;
  readonly #onOver: (exchange: Exchange) => void;
  #deadline: Deadline | null = null;
  #requestSent = false;
  #replyBegun = false;
  #over = false;

  /** @param head the request's head, ready to be written. */
  constructor(
    request: UpstreamRequest,
    head: string,
    handlers: UpstreamHandlers,
    connection: Connection,
    wheel: DeadlineWheel,
    onOver: (exchange: Exchange) => void,
  ) {
    this.#request = request;
    this.#head = head;
    this.#handlers = handlers;
    this.#connection = connection;
    this.#wheel = wheel;
    this.#onOver = onOver;
    this.#parser = new ResponseParser(request.method, this);
    this.reused = connection.connected;
    connection.begin(this);
    if (this.reused) this.#send();
    else this.#deadline = wheel.arm(request.connectTimeoutMs, () => this.#onConnectTimeout());
  }

  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#connection.close();
  }

  pause(): void {
    if (!this.#over) this.#connection.socket.pause();
  }

  resume(): void {
    if (!this.#over) this.#connection.socket.resume();
  }

  onConnected(): void {
    this.#deadline?.clear();
    this.#deadline = null;
    this.#send();
  }

  onRead(bytes: Buffer): void {
    this.#replyBegun = true;
    const outcome = this.#parser.read(bytes);
    if (this.#over || outcome === 'more') return;
    if (outcome === 'done') this.#onDone();
    else this.#fail('protocol_error', `its reply is not valid HTTP: ${outcome.reason}`);
  }

  onHead(head: ResponseHead): void {
    this.#deadline?.clear();
    this.#deadline = null;
    this.#handlers.onHead(head.status, head.headers);
  }

  onData(chunk: Buffer): void {
    this.#handlers.onData(chunk);
  }

  onSocketError(error: NodeJS.ErrnoException): void {
    const code = error.code ?? error.name;
    if (this.#connection.connected) this.#failBroken(`the connection broke (${code})`);
    else if (code === 'ETIMEDOUT') this.#onConnectTimeout();
    else if (code === egressDenied) this.#fail('egress_denied', egressRefusal);
    else this.#fail('connect_refused', `no connection could be made (${code})`);
  }

  onSocketEnd(): void {
    if (this.#parser.finish()) {
      this.#finish();
      this.#handlers.onEnd();
    } else {
      this.#failBroken('it closed the connection before its reply was whole');
    }
  }

  /** Fails the exchange because the pool closes. */
  shutDown(): void {
    this.#fail('broken', 'the gateway closed the connection');
  }

  #send(): void {
    this.#requestSent = true;
    const { headersTimeoutMs, body } = this.#request;
    writeRequest(this.#connection.socket, this.#head, body, () => {
      if (headersTimeoutMs === null || this.#over || this.#parser.head !== null) return;
      this.#deadline = this.#wheel.arm(headersTimeoutMs, () => {
        this.#fail('headers_timeout', `it did not begin to reply within ${headersTimeoutMs} ms`);
      });
    });
  }

  #onConnectTimeout(): void {
    this.#fail('connect_timeout', `no connection could be made within ${this.#request.connectTimeoutMs} ms`);
  }

  #onDone(): void {
    const head = this.#parser.head;
    this.#finish();
    if (head?.keepAlive === true) this.#connection.release(head.keepAliveTimeoutMs);
    else this.#connection.close();
    this.#handlers.onEnd();
  }

  #finish(): void {
    this.#over = true;
    this.#parser.stopped = true;
    this.#deadline?.clear();
    this.#deadline = null;
    this.#onOver(this);
  }

  /** The server or the network ended the connection. A kept connection may have been closed while it was idle. */
  #failBroken(reason: string): void {
    this.#fail('broken', reason, this.reused && !this.#replyBegun);
  }

  #fail(code: UpstreamFailureCode, reason: string, stale = false): void {
    if (this.#over) return;
    this.#finish();
    this.#connection.close();
    this.#handlers.onError({
      code,
      reason,
      requestSent: this.#requestSent,
      replyBegun: this.#replyBegun,
      stale,
    });
  }
}
