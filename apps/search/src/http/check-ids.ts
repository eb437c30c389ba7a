import { KumikiError } from '@kumiki/api';
import type { FastifyRequest } from 'fastify';

const maxProjectCharacters = 128;
const idPattern = /^[\w-]{1,128}$/;

/** What cannot be an id names nothing; the database need not be asked, and may not like the question. */
export async function checkIds(request: FastifyRequest): Promise<void> {
  for (const [name, id] of Object.entries(request.params as Record<string, string>)) {
    // Names of projects are anybody's words.
    const fits = name === 'project' ? id.length <= maxProjectCharacters && !id.includes('\0') : idPattern.test(id);
    if (!fits) throw new KumikiError('not_found', { what: 'object', id: id.slice(0, 128), hint: '' });
  }
}
