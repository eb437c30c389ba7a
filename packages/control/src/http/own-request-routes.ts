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

/** What every key may see of the installation: what it did itself. */
export const ownPath = '/v1/kumiki/me';

/** The last requests of the key that asks. The key is the one that the gateway has checked, never one that is named. */
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
    // A client chooses the id of its trace: others may have taken the same.
    const { trace, missing_gateways: missing, ...record } = found;
    return {
      ...ownRecord(record),
      missing_gateways: missing,
      trace: trace.filter(({ key_id }) => key_id === keyId).map(ownRecord),
    };
  });
}

/** Where other services of the installation listen is for those who operate it. */
function ownRecord(record: RequestRecord): RequestRecord {
  if (record.kind === 'model') return record;
  const name = record.service ?? 'service';
  return {
    ...record,
    replica: record.replica === null ? null : name,
    attempts: record.attempts.map((attempt) => ({ ...attempt, replica: name })),
  };
}
