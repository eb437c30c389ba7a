import { rootCertificates } from 'node:tls';
import { KumikiError } from '@kumiki/api';
import type { Agent, buildConnector as Build, Dispatcher } from 'undici';
import type { EgressGuard } from '../egress/egress-guard.ts';
import type { DeadlineWheel } from './deadline-wheel.ts';
import { createTlsExchange, type TlsExchange } from './tls-exchange.ts';
import type { UpstreamClient } from './upstream.ts';

export interface TlsUpstreamOptions {
  readonly wheel: DeadlineWheel;
  /** Checks connections against the egress policy. Absent for servers that the installation runs. */
  readonly guard?: EgressGuard;
  /** Connections per origin; 256 when absent. */
  readonly maxConnectionsPerOrigin?: number;
  /** How long an idle connection is kept; 4,000 ms when absent. */
  readonly idleTimeoutMs?: number;
  /** PEM certificates that are trusted besides the usual roots. */
  readonly ca?: readonly string[];
}

const defaultIdleTimeoutMs = 4_000;
const defaultMaxConnections = 256;

/** Longer than any deadline for connecting; those deadlines are on the wheel. */
const connectLimitMs = 120_000;

/** Most bytes of a reply's head, as in the plain client. */
const maxHeadBytes = 65_536;

const defaultTlsPort = 443;
const defaultPlainPort = 80;

/** A client for TLS over undici, which is loaded on first use. */
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
      // Gracefully: open requests end as usual.
      agent?.then((ready) => ready.close()).catch(() => undefined);
      agent = null;
    },
    close() {
      closed = true;
      for (const exchange of open) exchange.shutDown();
      // The owners of open exchanges no longer want them.
      agent?.then((ready) => ready.destroy()).catch(() => undefined);
    },
  };
}

/** Connects as undici does, but only to addresses that the guard has checked. */
function connectorFor(buildConnector: typeof Build, { ca, guard }: TlsUpstreamOptions): Build.connector {
  const common = { timeout: connectLimitMs, ...(ca === undefined ? {} : { ca: [...rootCertificates, ...ca] }) };
  if (guard === undefined) return buildConnector(common);
  // A lookup does not know the port, so each port has its own connector, which keeps the TLS sessions of its servers.
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
