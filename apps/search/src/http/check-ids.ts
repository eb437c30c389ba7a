import { KumikiError } from '@kumiki/api';
import type { FastifyRequest } from 'fastify';

const idPattern = /^[\w-]{1,128}$/;

/** What cannot be an id names nothing; the database need not be asked, and may not like the question. */
export async function checkIds(request: FastifyRequest): Promise<void> {
  for (const id of Object.values(request.params as Record<string, string>)) {
    if (!idPattern.test(id)) throw new KumikiError('not_found', { what: 'object', id: id.slice(0, 128), hint: '' });
  }
}
