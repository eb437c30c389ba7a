import { randomBytes } from 'node:crypto';
import type { BackendRoute, ObservedGateway } from '@kumiki/api';
import { createServiceApp, listenApp, type Log } from '@kumiki/service';
import type { LocalRuntime } from '../runtime.ts';
import { addKeyRoutes } from './key-routes.ts';
import { addLimitRoutes } from './limit-routes.ts';
import { addObserveRoutes } from './observe-routes.ts';
import { addOwnRequestRoutes, ownPath } from './own-request-routes.ts';
import { addReplicaRoutes } from './replica-routes.ts';
import { addServiceRoutes } from './service-routes.ts';
import { addSessionListRoutes, sessionsPath } from './session-list-routes.ts';
import { addSessionRoutes, sessionPath, signInLinksPath } from './session-routes.ts';

const requestTimeoutMs = 60_000;

export interface Control {
  readonly backends: readonly BackendRoute[];
  /** Ends the replies that would go on for ever, so that nobody who waits for open requests waits for them. */
  endFollowing(): void;
  close(): Promise<void>;
}

/**
 * The operations under `/v1/kumiki/`, on a port of this machine that only the gateway knows the token of: there the
 * caller's key was checked.
 */
export async function startControl(runtime: LocalRuntime, gateway: ObservedGateway, log: Log): Promise<Control> {
  const token = randomBytes(32).toString('base64url');
  const { app } = await createServiceApp({ owner: 'control', token, log, requestTimeoutMs });
  addServiceRoutes(app, runtime);
  const followed = addReplicaRoutes(app, runtime);
  addKeyRoutes(app, runtime);
  addLimitRoutes(app, runtime);
  addSessionRoutes(app, runtime);
  addSessionListRoutes(app, runtime, gateway);
  addOwnRequestRoutes(app, gateway.requests);
  const observing = addObserveRoutes(app, runtime, gateway);
  const port = await listenApp(app, '127.0.0.1', 0);
  const at = { urls: [`http://127.0.0.1:${port}`], authorization: `Bearer ${token}` };
  return {
    backends: [
      { ...at, prefix: '/v1/kumiki', role: 'admin' },
      ...[sessionPath, signInLinksPath, sessionsPath, ownPath].map((prefix) => ({
        ...at,
        prefix,
        role: 'any' as const,
      })),
      // Whoever signs in has nothing yet to show.
      { ...at, prefix: sessionPath, role: null, methods: ['POST'] },
    ],
    endFollowing() {
      for (const leave of followed) leave();
      observing.endLive();
    },
    async close() {
      observing.stop();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
