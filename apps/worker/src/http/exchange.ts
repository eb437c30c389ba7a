import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its reply. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** When the request came, milliseconds on the monotonic clock. */
  readonly arrivedAt: number;
}

/** What aborts an exchange whose client left. */
export class ClientLeft extends Error {
  constructor() {
    super('the client left');
    this.name = 'ClientLeft';
  }
}

export function createExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const controller = new AbortController();
  // The request's own `close` comes as soon as its body is read; the response's means that the connection went.
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new ClientLeft());
  });
  return { request, response, signal: controller.signal, arrivedAt: performance.now() };
}
