import type { Endpoint, RouteTable } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { createEgressGuard } from '../egress/egress-guard.ts';
import type { ResolveHost } from '../egress/resolve-host.ts';
import type { DeadlineWheel } from './deadline-wheel.ts';
import { createUpstreamPool } from './pool.ts';
import { createTlsUpstream } from './tls-upstream.ts';
import type { UpstreamClient } from './upstream.ts';

/** The HTTP clients of a gateway: for the installation's own endpoints and for outside servers, each plain and with TLS. */
export interface UpstreamClients {
  clientFor(endpoint: Endpoint): UpstreamClient;
  /** @param listening ports on which this process listens: an outside URL must not lead back to this process. */
  open(table: RouteTable, listening: readonly number[]): void;
  /** Applies the egress policy of a snapshot. If it has changed, old connections are not used again. */
  replace(table: RouteTable): void;
  close(): void;
}

export interface UpstreamClientsOptions {
  readonly wheel: DeadlineWheel;
  readonly log: Log;
  readonly resolve: ResolveHost;
}

export function createUpstreamClients({ wheel, log, resolve }: UpstreamClientsOptions): UpstreamClients {
  let ports: readonly number[] = [];
  const guard = createEgressGuard({ resolve, log, listening: () => ports });
  const internal = { plain: createUpstreamPool({ wheel }), tls: createTlsUpstream({ wheel }) };
  const outside = { plain: createUpstreamPool({ wheel, guard }), tls: createTlsUpstream({ wheel, guard }) };
  return {
    clientFor({ url, egress }) {
      const clients = egress === 'internal' ? internal : outside;
      return url.startsWith('https:') ? clients.tls : clients.plain;
    },
    open(table, listening) {
      ports = listening;
      guard.replace(table);
    },
    replace(table) {
      if (!guard.replace(table)) return;
      outside.plain.forgetAll();
      outside.tls.forgetAll();
    },
    close() {
      for (const { plain, tls } of [internal, outside]) {
        plain.close();
        tls.close();
      }
    },
  };
}
