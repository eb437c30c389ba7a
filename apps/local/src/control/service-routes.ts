import { applyBodySchema, type ApplyResult, scaleBodySchema } from '@kumiki/api';
import type { FastifyInstance } from 'fastify';
import type { LocalRuntime } from '../runtime.ts';
import { readBody, readManifestBody } from './read-body.ts';

interface ByName {
  readonly Params: { readonly name: string };
}

export function addServiceRoutes(app: FastifyInstance, runtime: LocalRuntime): void {
  app.get('/v1/kumiki/status', () => runtime.status());

  app.get('/v1/kumiki/services', () => ({ object: 'list', data: runtime.status().services }));

  app.post('/v1/kumiki/services', (request): Promise<ApplyResult> => {
    const { manifests } = readManifestBody(applyBodySchema, request.body);
    return runtime.apply(manifests).then((data) => ({ object: 'list', data }));
  });

  app.get<ByName>('/v1/kumiki/services/:name', (request) => runtime.service(request.params.name));

  app.delete<ByName>('/v1/kumiki/services/:name', (request) => {
    const { name } = request.params;
    return runtime.remove(name).then(() => ({ object: 'kumiki.service.deleted', name, deleted: true }));
  });

  app.post<ByName>('/v1/kumiki/services/:name/scale', (request) => {
    const { replicas } = readBody(scaleBodySchema, request.body);
    return runtime.scale(request.params.name, replicas);
  });

  app.post<ByName>('/v1/kumiki/services/:name/restart', (request) => runtime.restart(request.params.name));
}
