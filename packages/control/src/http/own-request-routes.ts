import {
  KumikiError,
  ownRequestQuerySchema,
  type RequestDetail,
  type RequestList,
  type RequestRecord,
} from '@kumiki/api';
import { callerOf } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import type { Gateways } from '../gateways/gateways.ts';
import { readBody } from './read-body.ts';

/** Path of what every key may read about the installation: its own requests. */
export const ownPath = '/v1/kumiki/me';

/**
 * The last requests of the caller's own key: the key that the gateway authenticated, never one named in the request.
 */
export function addOwnRequestRoutes(app: FastifyInstance, gateways: Gateways): void {
  app.get(`${ownPath}/requests`, async (request): Promise<RequestList> => {
    const query = readBody(ownRequestQuerySchema, request.query);
    const list = await gateways.list({ ...query, key_id: callerOf(request).keyId });
    return { ...list, data: list.data.map(ownRecord) };
  });

  app.get<{ Params: { readonly id: string } }>(`${ownPath}/requests/:id`, async (request): Promise<RequestDetail> => {
    const { id } = request.params;
    const { keyId } = callerOf(request);
    const found = await gateways.find(id);
    if (found?.key_id !== keyId) {
      throw new KumikiError('not_found', { what: 'request', id, hint: ' Only the last ones are remembered.' });
    }
    // Clients choose their trace ids, so another key's requests may be in the same trace.
    const { trace, missing_gateways: missing, ...record } = found;
    return {
      ...ownRecord(record),
      missing_gateways: missing,
      trace: trace.filter(({ key_id }) => key_id === keyId).map(ownRecord),
    };
  });
}

/** Addresses of internal services are shown to admins only. */
function ownRecord(record: RequestRecord): RequestRecord {
  if (record.kind === 'model') return record;
  const name = record.service ?? 'service';
  return {
    ...record,
    replica: record.replica === null ? null : name,
    attempts: record.attempts.map((attempt) => ({ ...attempt, replica: name })),
  };
}
