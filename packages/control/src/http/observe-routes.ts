import {
  type ChangeList,
  headers,
  KumikiError,
  type Load,
  type ObservedGateway,
  requestQuerySchema,
} from '@kumiki/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { buildLoad } from '../observe/build-load.ts';
import { createLiveHub } from '../observe/live-hub.ts';
import { recordLoad } from '../observe/load-history.ts';
import { replicaGauges } from '../observe/replica-gauges.ts';
import type { LocalRuntime } from '../runtime.ts';
import { readBody } from './read-body.ts';

export interface Observing {
  /** Ends the live streams in good order. */
  endLive(): void;
  stop(): void;
}

/** What can be seen of the installation: its requests, its load, its changes, and all of it live. */
export function addObserveRoutes(app: FastifyInstance, runtime: LocalRuntime, gateway: ObservedGateway): Observing {
  const { requests } = gateway;
  const now = (): number => Date.now();
  const readLoad = (): Load => {
    const shown = runtime.status().services.flatMap(({ replicas }) => replicas);
    return buildLoad(now(), requests.open(), gateway.load(), replicaGauges(shown, runtime.observed()));
  };
  const recorder = recordLoad(readLoad);
  const hub = createLiveHub({
    status: runtime.status,
    load: readLoad,
    requests,
    onChange: runtime.changes.subscribe,
    now,
  });
  runtime.onChange(hub.statusMoved);

  app.get('/v1/kumiki/requests', (request) => requests.list(readBody(requestQuerySchema, request.query)));
  app.get<{ Params: { readonly id: string } }>('/v1/kumiki/requests/:id', (request) => {
    const { id } = request.params;
    const found = requests.find(id);
    if (found !== null) return found;
    throw new KumikiError('not_found', { what: 'request', id, hint: ' Only the last ones are remembered.' });
  });
  app.get('/v1/kumiki/load', () => recorder.history());
  app.get('/v1/kumiki/changes', (): ChangeList => ({ object: 'list', data: [...runtime.changes.list()] }));
  app.get('/v1/kumiki/live', (request, reply) => {
    const stream = hub.join(readerOf(runtime, request));
    reply.raw.on('close', () => stream.destroy());
    return reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-cache').send(stream);
  });
  return {
    endLive: hub.end,
    stop() {
      hub.end();
      recorder.stop();
    },
  };
}

/** Whether whoever asks may still: its key is there and has not expired, and its session, if it came with one. */
function readerOf({ keys, sessions }: LocalRuntime, request: FastifyRequest): () => boolean {
  const keyId = request.headers[headers.key];
  const sessionId = request.headers[headers.session];
  return () => {
    const now = Date.now() / 1_000;
    const lasts = (until: number | null): boolean => until === null || until > now;
    const key = keys.records().find(({ id }) => id === keyId);
    if (key === undefined || !key.roles.includes('admin') || !lasts(key.expiresAt)) return false;
    if (typeof sessionId !== 'string') return true;
    const session = sessions.get(sessionId);
    return session !== undefined && lasts(session.expiresAt);
  };
}
