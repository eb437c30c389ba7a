import { KumikiError, type ObservedGateway, requestQuerySchema } from '@kumiki/api';
import type { FastifyInstance } from 'fastify';
import { readBody } from './read-body.ts';

/** The last requests of everybody. */
export function addRequestRoutes(app: FastifyInstance, { requests }: ObservedGateway): void {
  app.get('/v1/kumiki/requests', (request) => requests.list(readBody(requestQuerySchema, request.query)));
  app.get<{ Params: { readonly id: string } }>('/v1/kumiki/requests/:id', (request) => {
    const { id } = request.params;
    const found = requests.find(id);
    if (found !== null) return found;
    throw new KumikiError('not_found', { what: 'request', id, hint: ' Only the last ones are remembered.' });
  });
}
