import { type ApiKey, createKeyBodySchema, KumikiError } from '@kumiki/api';
import type { FastifyInstance } from 'fastify';
import type { StoredKey } from '../keys/key-ring.ts';
import type { LocalRuntime } from '../runtime.ts';
import { readBody } from './read-body.ts';

export function addKeyRoutes(app: FastifyInstance, { keys }: LocalRuntime): void {
  app.get('/v1/kumiki/keys', () => ({ object: 'list', data: keys.records().map(describeKey) }));

  app.post('/v1/kumiki/keys', (request, reply) => {
    const { record, key } = keys.create(readBody(createKeyBodySchema, request.body));
    return reply.code(201).send({ ...describeKey(record), value: key });
  });

  app.delete<{ Params: { readonly id: string } }>('/v1/kumiki/keys/:id', (request) => {
    const { id } = request.params;
    if (!keys.revoke(id)) throw new KumikiError('not_found', { what: 'key', id });
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
