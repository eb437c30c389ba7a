import { headers } from '@kumiki/api';
import type { FastifyRequest } from 'fastify';
import type { Callers } from '../ports/callers.ts';

/** Name of the request's key; its id when the key no longer exists, null when the gateway named none. */
export function whoAsks(callers: Pick<Callers, 'nameOf'>, request: FastifyRequest): string | null {
  const id = request.headers[headers.key];
  return typeof id === 'string' ? (callers.nameOf(id) ?? id) : null;
}

/** The session that the gateway authenticated by its cookie; null when a key was used. */
export function sessionIdOf(request: FastifyRequest): string | null {
  const id = request.headers[headers.session];
  return typeof id === 'string' ? id : null;
}
