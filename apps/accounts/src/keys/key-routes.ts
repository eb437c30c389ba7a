import { type ApiKey, createKeyBodySchema, KumikiError } from '@kumiki/api';
import { readBody, whoAsks } from '@kumiki/control';
import type { FastifyInstance } from 'fastify';
import type { StoredKey } from '../keys/stored-key.ts';
import type { LocalRuntime } from '../runtime/runtime.ts';
import { callersOf } from './callers.ts';

export function addKeyRoutes(app: FastifyInstance, runtime: LocalRuntime): void {
  const { keys, changes } = runtime;
  app.get('/v1/kumiki/keys', () => ({ object: 'list', data: keys.records().map(describeKey) }));

  app.post('/v1/kumiki/keys', async (request, reply) => {
    const { record, key } = await keys.create(readBody(createKeyBodySchema, request.body));
    const { id, name, project } = record;
    changes.add({
      kind: 'key.created',
      subject: id,
      params: { name, project },
      by: whoAsks(callersOf(runtime), request),
    });
    return reply.code(201).send({ ...describeKey(record), value: key });
  });

  app.delete<{ Params: { readonly id: string } }>('/v1/kumiki/keys/:id', async (request) => {
    const { id } = request.params;
    const by = whoAsks(callersOf(runtime), request);
    const name = keys.records().find((record) => record.id === id)?.name;
    if (name === undefined || !(await keys.revoke(id))) throw new KumikiError('not_found', { what: 'key', id });
    changes.add({ kind: 'key.revoked', subject: id, params: { name }, by });
    return { object: 'kumiki.key.deleted', id, deleted: true };
  });
}

function describeKey(key: StoredKey): ApiKey {
  return {
    object: 'kumiki.key',
    id: key.id,
    name: key.name,
    project: key.project,
    roles: key.roles,
    models: key.models,
    limits: key.limits,
    expires_at: key.expiresAt,
    created_at: key.created,
    redacted_value: key.redacted,
  };
}
