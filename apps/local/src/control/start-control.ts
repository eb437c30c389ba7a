import { randomBytes } from 'node:crypto';
import type { BackendRoute } from '@kumiki/api';
import { addControlRoutes, type Callers, type Gateways, ownPath } from '@kumiki/control';
import { createServiceApp, listenApp, type Log } from '@kumiki/service';
import type { LocalRuntime } from '../runtime/runtime.ts';

const requestTimeoutMs = 60_000;

export interface Control {
  readonly backends: readonly BackendRoute[];
  /** Ends the endless replies (followed logs and live streams), so that draining does not wait for them. */
  endFollowing(): void;
  close(): Promise<void>;
}

/**
 * Serves the operations under `/v1/kumiki/` on a local port whose token only the gateway has. The gateway has
 * authenticated the caller.
 */
export async function startControl(
  runtime: LocalRuntime,
  gateways: Gateways,
  callers: Callers,
  log: Log,
): Promise<Control> {
  const token = randomBytes(32).toString('base64url');
  const { app } = await createServiceApp({ owner: 'control', token, log, requestTimeoutMs });
  const routes = addControlRoutes(app, { installation: runtime, gateways, callers });
  const port = await listenApp(app, '127.0.0.1', 0);
  const at = { urls: [`http://127.0.0.1:${port}`], authorization: `Bearer ${token}` };
  return {
    backends: [
      { ...at, prefix: '/v1/kumiki', role: 'admin' },
      { ...at, prefix: ownPath, role: 'any' },
    ],
    endFollowing: routes.endFollowing,
    async close() {
      routes.stop();
      gateways.stop();
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
