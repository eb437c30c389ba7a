import { setTimeout as pause } from 'node:timers/promises';
import { createServiceApp, drainApp, listenApp, type Log } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { addKeyRoutes } from './keys/key-routes.ts';
import { addLimitRoutes } from './limits/limit-routes.ts';
import type { Surroundings } from './ports/surroundings.ts';
import { addSessionListRoutes } from './sessions/session-list-routes.ts';
import { addSessionRoutes } from './sessions/session-routes.ts';
import type { AccountStores } from './stores/account-stores.ts';

const requestTimeoutMs = 60_000;

export interface StartAccountsOptions {
  readonly accounts: AccountStores;
  readonly surroundings: Surroundings;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The token that the gateway authenticates itself with. */
  readonly token: string;
  readonly log: Log;
}

export interface RunningAccounts {
  readonly port: number;
  /** Accepts no more connections; resolves when the last has ended or after the limit. */
  drain(limitMs: number): Promise<void>;
  close(): Promise<void>;
}

/** A reading waits no longer for a database that may be away: then it shows what was read last. */
const freshWaitMs = 1_000;

/** Before each request, the changes are read that were made at other replicas. */
function keepFresh(app: FastifyInstance, fresh: () => Promise<void>): void {
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'GET') return fresh();
    await Promise.race([fresh().catch(() => {}), pause(freshWaitMs, undefined, { ref: false })]);
  });
}

/** Starts the accounts service: keys, browser sessions and project limits. */
export async function startAccounts(options: StartAccountsOptions): Promise<RunningAccounts> {
  const { accounts, surroundings, host, port, token, log } = options;
  const { app } = await createServiceApp({ owner: 'accounts', token, log, requestTimeoutMs });
  if (accounts.fresh !== undefined) keepFresh(app, accounts.fresh);
  addKeyRoutes(app, accounts.keys, surroundings);
  addLimitRoutes(app, accounts, surroundings);
  addSessionRoutes(app, accounts, surroundings);
  addSessionListRoutes(app, accounts, surroundings);
  return {
    port: await listenApp(app, host, port),
    drain: (limitMs) => drainApp(app, limitMs),
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
