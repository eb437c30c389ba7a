import { type ChangeList, headers, type Load } from '@kumiki/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Gateways } from '../gateways/gateways.ts';
import { createLiveHub } from '../live/live-hub.ts';
import { buildLoad } from '../load/build-load.ts';
import { recordLoad } from '../load/load-history.ts';
import type { Callers } from '../ports/callers.ts';
import type { Installation } from '../ports/installation.ts';
import { sessionIdOf } from './who-asks.ts';

export interface Observing {
  /** Ends the live streams cleanly. */
  endLive(): void;
  stop(): void;
}

/** The installation's load and changes, and the live stream of both. */
export function addObserveRoutes(
  app: FastifyInstance,
  installation: Installation,
  gateways: Gateways,
  callers: Callers,
): Observing {
  const { changes, status } = installation;
  const now = (): number => Date.now();
  const readLoad = (): Load => buildLoad(now(), gateways.load(), installation.gauges());
  const recorder = recordLoad(readLoad);
  const hub = createLiveHub({
    status,
    load: readLoad,
    onRequest: gateways.subscribe,
    onChange: changes.subscribe,
    now,
  });
  const leave = installation.onChange(hub.statusMoved);

  app.get('/v1/kumiki/load', () => recorder.history());
  app.get('/v1/kumiki/changes', (): ChangeList => ({ object: 'list', data: [...changes.list()] }));
  app.get('/v1/kumiki/live', (request, reply) => {
    const stream = hub.join(() => mayRead(callers, request));
    reply.raw.on('close', () => stream.destroy());
    return reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-cache').send(stream);
  });
  return {
    endLive: hub.end,
    stop() {
      leave();
      hub.end();
      recorder.stop();
    },
  };
}

function mayRead(callers: Callers, request: FastifyRequest): boolean {
  const keyId = request.headers[headers.key];
  return typeof keyId === 'string' && callers.mayStillOperate(keyId, sessionIdOf(request));
}
