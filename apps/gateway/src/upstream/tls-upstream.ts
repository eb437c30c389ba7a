import { rootCertificates } from 'node:tls';
import { KumikiError } from '@kumiki/api';
import type { Agent, buildConnector as Build, Dispatcher } from 'undici';
import type { EgressGuard } from '../egress/egress-guard.ts';
import type { DeadlineWheel } from './deadline-wheel.ts';
import { createTlsExchange, type TlsExchange } from './tls-exchange.ts';
import type { UpstreamClient } from './upstream.ts';

export interface TlsUpstreamOptions {
  readonly wheel: DeadlineWheel;
  /** Holds connections to the egress policy. Without it every server is one that the platform runs. */
  readonly guard?: EgressGuard;
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

const defaultTlsPort = 443;
const defaultPlainPort = 80;

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
      connect: connectorFor(undici.buildConnector, options),
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
    forgetAll() {
      // Gracefully: requests that are under way end as they would.
      agent?.then((ready) => ready.close()).catch(() => undefined);
      agent = null;
    },
    close() {
      closed = true;
      for (const exchange of open) exchange.shutDown();
      // Whatever is still open has been given up by its owner.
      agent?.then((ready) => ready.destroy()).catch(() => undefined);
    },
  };
}

/** Connects as undici does, to the addresses that the guard has checked. */
function connectorFor(buildConnector: typeof Build, { ca, guard }: TlsUpstreamOptions): Build.connector {
  const common = { timeout: connectLimitMs, ...(ca === undefined ? {} : { ca: [...rootCertificates, ...ca] }) };
  if (guard === undefined) return buildConnector(common);
  // A connector keeps the TLS sessions of its servers; a lookup knows no port, so that each port has its own.
  const byPort = new Map<number, Build.connector>();
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? defaultTlsPort : defaultPlainPort);
    const refusal = guard.refusalOf(options.hostname.replaceAll(/[[\]]/g, ''), port);
    if (refusal !== null) {
      callback(refusal, null);
      return;
    }
    const connector = byPort.get(port) ?? buildConnector({ ...common, lookup: guard.lookupFor(port) });
    byPort.set(port, connector);
    connector(options, callback);
  };
}
