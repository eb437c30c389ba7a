import { KumikiError, requestQuerySchema } from '@kumiki/api';
import type { FastifyInstance } from 'fastify';
import type { Gateways } from '../gateways/gateways.ts';
import { readBody } from './read-body.ts';

/** The last requests of all keys. */
export function addRequestRoutes(app: FastifyInstance, gateways: Gateways): void {
  app.get('/v1/kumiki/requests', (request) => gateways.list(readBody(requestQuerySchema, request.query)));
  app.get<{ Params: { readonly id: string } }>('/v1/kumiki/requests/:id', async (request) => {
    const { id } = request.params;
    const found = await gateways.find(id);
    if (found !== null) return found;
    throw new KumikiError('not_found', { what: 'request', id, hint: ' Only the last ones are remembered.' });
  });
}
