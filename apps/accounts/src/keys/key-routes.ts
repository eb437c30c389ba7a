import { type ApiKey, createKeyBodySchema, KumikiError } from '@kumiki/api';
import { readBody, whoAsks } from '@kumiki/control';
import type { FastifyInstance } from 'fastify';
import type { Surroundings } from '../ports/surroundings.ts';
import type { Keys } from './key-ring.ts';
import type { StoredKey } from './stored-key.ts';

export function addKeyRoutes(app: FastifyInstance, keys: Keys, surroundings: Surroundings): void {
  app.get('/v1/kumiki/keys', () => ({ object: 'list', data: keys.records().map(describeKey) }));

  app.post('/v1/kumiki/keys', async (request, reply) => {
    const { record, key } = await keys.create(readBody(createKeyBodySchema, request.body));
    const { id, name, project } = record;
    surroundings.tell({
      kind: 'key.created',
      subject: id,
      params: { name, project },
      by: whoAsks(keys, request),
    });
    return reply.code(201).send({ ...describeKey(record), value: key });
  });

  app.delete<{ Params: { readonly id: string } }>('/v1/kumiki/keys/:id', async (request) => {
    const { id } = request.params;
    const by = whoAsks(keys, request);
    const name = keys.nameOf(id);
    if (name === null || !(await keys.revoke(id))) throw new KumikiError('not_found', { what: 'key', id });
    surroundings.tell({ kind: 'key.revoked', subject: id, params: { name }, by });
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
