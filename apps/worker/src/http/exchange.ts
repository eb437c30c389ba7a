import type { IncomingMessage, ServerResponse } from 'node:http';
import { headers } from '@kumiki/api';

/** One request and its reply. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whose request it is, as the gateway tells tenants apart; empty where nobody says. */
  readonly tenant: string;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** When the request came, milliseconds on the monotonic clock. */
  readonly arrivedAt: number;
}

/** Letters of a tenant's tag that count. */
const maxTenantLength = 64;

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
  const tenant = request.headers[headers.tenant];
  return {
    request,
    response,
    tenant: typeof tenant === 'string' ? tenant.slice(0, maxTenantLength) : '',
    signal: controller.signal,
    arrivedAt: performance.now(),
  };
}
