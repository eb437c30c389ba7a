import { KumikiError } from '@kumiki/api';
import type { EgressGuard } from '../egress/egress-guard.ts';
import { Connection, type ConnectionOwner, type Origin } from './connection.ts';
import type { DeadlineWheel } from './deadline-wheel.ts';
import { Exchange } from './exchange.ts';
import type { UpstreamClient, UpstreamExchange, UpstreamHandlers, UpstreamRequest } from './upstream.ts';
import { requestHead } from './write-request.ts';

export interface UpstreamPoolOptions {
  readonly wheel: DeadlineWheel;
  /** Checks connections against the egress policy. Absent for servers that the installation runs. */
  readonly guard?: EgressGuard;
  /** Kept connections per origin; 256 when absent. */
  readonly maxIdlePerOrigin?: number;
  /** How long an idle connection is kept; 4,000 ms when absent. A shorter `keep-alive: timeout` of the server wins. */
  readonly idleTimeoutMs?: number;
}

export interface UpstreamPool extends UpstreamClient {
  stats(): { readonly idle: number; readonly active: number };
  /** Closes the kept connections of an origin that is gone. */
  forget(origin: string): void;
}

/** Node's servers close an idle connection after 5 s. */
const defaultIdleTimeoutMs = 4_000;
const defaultMaxIdlePerOrigin = 256;

function parseOrigin(key: string): Origin {
  const url = URL.parse(key);
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new KumikiError('bad_request_framing', { reason: `${JSON.stringify(key)} is not an http:// origin` });
  }
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return { key, host, port: url.port === '' ? 80 : Number(url.port), authority: url.host, idle: [], connections: 0 };
}

/** A small, strict HTTP/1.1 keep-alive client. */
export function createUpstreamPool(options: UpstreamPoolOptions): UpstreamPool {
  const maxIdle = options.maxIdlePerOrigin ?? defaultMaxIdlePerOrigin;
  const origins = new Map<string, Origin>();
  const active = new Set<Exchange>();
  let closed = false;

  const owner: ConnectionOwner = {
    wheel: options.wheel,
    guard: options.guard ?? null,
    idleTimeoutMs: options.idleTimeoutMs ?? defaultIdleTimeoutMs,
    mayKeep: (origin) => !closed && origins.get(origin.key) === origin && origin.idle.length < maxIdle,
    onClosed: (connection) => {
      const { origin } = connection;
      const at = origin.idle.lastIndexOf(connection);
      if (at !== -1) origin.idle.splice(at, 1);
      if (--origin.connections === 0 && origins.get(origin.key) === origin) origins.delete(origin.key);
    },
  };

  function originOf(key: string): Origin {
    let origin = origins.get(key);
    if (origin === undefined) {
      origin = parseOrigin(key);
      origins.set(key, origin);
    }
    return origin;
  }

  function request(request: UpstreamRequest, handlers: UpstreamHandlers): UpstreamExchange {
    if (closed) throw new KumikiError('draining');
    const origin = originOf(request.origin);
    const head = requestHead(request, origin.authority);
    let connection = origin.idle.pop();
    if (connection === undefined) {
      connection = new Connection(origin, owner);
      origin.connections++;
    }
    const exchange = new Exchange(request, head, handlers, connection, options.wheel, (over) => active.delete(over));
    active.add(exchange);
    return exchange;
  }

  function stats(): { idle: number; active: number } {
    let idle = 0;
    for (const origin of origins.values()) idle += origin.idle.length;
    return { idle, active: active.size };
  }

  function forget(key: string): void {
    const origin = origins.get(key);
    origins.delete(key);
    for (const connection of origin?.idle.slice() ?? []) connection.close();
  }

  function forgetAll(): void {
    for (const key of origins.keys()) forget(key);
  }

  function close(): void {
    closed = true;
    forgetAll();
    for (const exchange of active) exchange.shutDown();
  }

  return { request, stats, forget, forgetAll, close };
}
