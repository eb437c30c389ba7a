import type { FastifyInstance } from 'fastify';
import type { Gateways } from '../gateways/gateways.ts';
import type { Callers } from '../ports/callers.ts';
import type { Installation } from '../ports/installation.ts';
import { addObserveRoutes } from './observe-routes.ts';
import { addOwnRequestRoutes } from './own-request-routes.ts';
import { addReplicaRoutes } from './replica-routes.ts';
import { addRequestRoutes } from './request-routes.ts';
import { addServiceRoutes } from './service-routes.ts';

export interface ControlPorts {
  readonly installation: Installation;
  readonly gateways: Gateways;
  readonly callers: Callers;
}

export interface ControlRoutes {
  /** Ends the endless replies (followed logs and live streams), so that draining does not wait for them. */
  endFollowing(): void;
  stop(): void;
}

/** The routes under `/v1/kumiki/` for operating the installation, the same on one machine and on a cluster. */
export function addControlRoutes(
  app: FastifyInstance,
  { installation, gateways, callers }: ControlPorts,
): ControlRoutes {
  addServiceRoutes(app, installation, callers);
  const followed = addReplicaRoutes(app, installation);
  addRequestRoutes(app, gateways);
  addOwnRequestRoutes(app, gateways);
  const observing = addObserveRoutes(app, installation, gateways, callers);
  return {
    endFollowing() {
      for (const leave of followed) leave();
      observing.endLive();
    },
    stop: observing.stop,
  };
}
