import { applyBodySchema, type ApplyResult, scaleBodySchema } from '@kumiki/api';
import type { FastifyInstance } from 'fastify';
import type { Callers } from '../ports/callers.ts';
import type { Installation } from '../ports/installation.ts';
import { readBody, readManifestBody } from './read-body.ts';
import { whoAsks } from './who-asks.ts';

interface ByName {
  readonly Params: { readonly name: string };
}

/** The model services: their specs and their status. */
export function addServiceRoutes(app: FastifyInstance, installation: Installation, callers: Callers): void {
  app.get('/v1/kumiki/status', () => installation.status());

  app.get('/v1/kumiki/services', () => ({ object: 'list', data: installation.status().services }));

  app.post('/v1/kumiki/services', async (request): Promise<ApplyResult> => {
    const { manifests } = readManifestBody(applyBodySchema, request.body);
    return { object: 'list', data: await installation.apply(manifests, whoAsks(callers, request)) };
  });

  app.get<ByName>('/v1/kumiki/services/:name', (request) => installation.service(request.params.name));

  app.delete<ByName>('/v1/kumiki/services/:name', async (request) => {
    const { name } = request.params;
    await installation.remove(name, whoAsks(callers, request));
    return { object: 'kumiki.service.deleted', name, deleted: true };
  });

  app.post<ByName>('/v1/kumiki/services/:name/scale', (request) => {
    const { replicas } = readBody(scaleBodySchema, request.body);
    return installation.scale(request.params.name, replicas, whoAsks(callers, request));
  });

  app.post<ByName>('/v1/kumiki/services/:name/restart', (request) =>
    installation.restart(request.params.name, whoAsks(callers, request)),
  );
}
