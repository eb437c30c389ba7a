import { rootCertificates } from 'node:tls';
import { KumikiError } from '@kumiki/api';
import type { Agent, Dispatcher } from 'undici';
import type { DeadlineWheel } from './deadline-wheel.ts';
import { createTlsExchange, type TlsExchange } from './tls-exchange.ts';
import type { UpstreamClient } from './upstream.ts';

export interface TlsUpstreamOptions {
  readonly wheel: DeadlineWheel;
  /** Connections per origin; 256 when absent. */
  readonly maxConnectionsPerOrigin?: number;
  /** How long a connection is kept unused; 4,000 ms when absent. */
  readonly idleTimeoutMs?: number;
  /** PEM certificates that are trusted besides the well-known ones. */
  readonly ca?: readonly string[];
}

const defaultIdleTimeoutMs = 4_000;
const defaultMaxConnections = 256;

/** Longer than any connect deadline of ours, which is kept by the wheel. */
const connectLimitMs = 120_000;

/** Bytes of a reply's head, as in the client for our own servers. */
const maxHeadBytes = 65_536;

/** A client for servers outside and for TLS, over undici, which is loaded when it is first used. */
export function createTlsUpstream(options: TlsUpstreamOptions): UpstreamClient {
  const open = new Set<TlsExchange>();
  let agent: Promise<Agent> | null = null;
  let closed = false;

  async function createAgent(): Promise<Agent> {
    const undici = await import('undici');
    return new undici.Agent({
      connections: options.maxConnectionsPerOrigin ?? defaultMaxConnections,
      pipelining: 1,
      keepAliveTimeout: options.idleTimeoutMs ?? defaultIdleTimeoutMs,
      maxHeaderSize: maxHeadBytes,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: connectLimitMs,
        ...(options.ca === undefined ? {} : { ca: [...rootCertificates, ...options.ca] }),
      },
    });
  }

  return {
    request(request, handlers) {
      if (closed) throw new KumikiError('draining');
      const { wheel } = options;
      const exchange = createTlsExchange({ request, handlers, wheel, onOver: (over) => open.delete(over) });
      open.add(exchange);
      agent ??= createAgent();
      agent.then((ready: Dispatcher) => exchange.start(ready), exchange.failToStart);
      return exchange;
    },
    close() {
      closed = true;
      for (const exchange of open) exchange.shutDown();
      // Whatever is still open has been given up by its owner.
      agent?.then((ready) => ready.destroy()).catch(() => undefined);
    },
  };
}
