import { applyBodySchema, type ApplyResult, scaleBodySchema } from '@kumiki/api';
import type { FastifyInstance } from 'fastify';
import type { LocalRuntime } from '../runtime.ts';
import { readBody, readManifestBody } from './read-body.ts';
import { whoAsks } from './who-asks.ts';

interface ByName {
  readonly Params: { readonly name: string };
}

export function addServiceRoutes(app: FastifyInstance, runtime: LocalRuntime): void {
  app.get('/v1/kumiki/status', () => runtime.status());

  app.get('/v1/kumiki/services', () => ({ object: 'list', data: runtime.status().services }));

  const { changes } = runtime;

  app.post('/v1/kumiki/services', async (request): Promise<ApplyResult> => {
    const { manifests } = readManifestBody(applyBodySchema, request.body);
    const data = await runtime.apply(manifests);
    const by = whoAsks(runtime, request);
    for (const { name, change } of data) {
      if (change !== 'unchanged') changes.add({ kind: `service.${change}`, subject: name, by });
    }
    return { object: 'list', data };
  });

  app.get<ByName>('/v1/kumiki/services/:name', (request) => runtime.service(request.params.name));

  app.delete<ByName>('/v1/kumiki/services/:name', async (request) => {
    const { name } = request.params;
    await runtime.remove(name);
    changes.add({ kind: 'service.removed', subject: name, by: whoAsks(runtime, request) });
    return { object: 'kumiki.service.deleted', name, deleted: true };
  });

  app.post<ByName>('/v1/kumiki/services/:name/scale', async (request) => {
    const { name } = request.params;
    const { replicas } = readBody(scaleBodySchema, request.body);
    const from = runtime.service(name).desired;
    const status = await runtime.scale(name, replicas);
    const params = { from, to: replicas };
    if (from !== replicas)
      changes.add({ kind: 'service.scaled', subject: name, params, by: whoAsks(runtime, request) });
    return status;
  });

  app.post<ByName>('/v1/kumiki/services/:name/restart', async (request) => {
    const { name } = request.params;
    const status = await runtime.restart(name);
    changes.add({ kind: 'service.restarted', subject: name, by: whoAsks(runtime, request) });
    return status;
  });
}
