import type { IncomingMessage, ServerResponse } from 'node:http';
import { headers } from '@kumiki/api';

/** One request and its reply. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The tenant's tag that the gateway sent; empty without one. */
  readonly tenant: string;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** When the request came, milliseconds on the monotonic clock. */
  readonly arrivedAt: number;
}

/** Characters of a tenant's tag that are used. */
const maxTenantLength = 64;

/** The reason of the abort when the client has left. */
export class ClientLeft extends Error {
  constructor() {
    super('the client left');
    this.name = 'ClientLeft';
  }
}

export function createExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const controller = new AbortController();
  // The request's `close` comes as soon as its body is read; the response's means that the connection has closed.
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new ClientLeft());
  });
  const tenant = request.headers[headers.tenant];
  return {
    request,
    response,
    tenant: typeof tenant === 'string' ? tenant.slice(0, maxTenantLength) : '',
    signal: controller.signal,
    arrivedAt: performance.now(),
  };
}
