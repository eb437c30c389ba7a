import { headers } from '@kumiki/api';
import type { FastifyRequest } from 'fastify';
import type { Callers } from '../ports/callers.ts';

/** Name of the key that a request came with; its id where the key is gone, null where the gateway named none. */
export function whoAsks(callers: Pick<Callers, 'nameOf'>, request: FastifyRequest): string | null {
  const id = request.headers[headers.key];
  return typeof id === 'string' ? (callers.nameOf(id) ?? id) : null;
}

/** The session whose cookie the gateway has checked; null for a key. */
export function sessionIdOf(request: FastifyRequest): string | null {
  const id = request.headers[headers.session];
  return typeof id === 'string' ? id : null;
}
