import { callerOf } from '@kumiki/service';
import type { FastifyRequest } from 'fastify';
import type { Keys } from './key-ring.ts';

/** Whether the request's key has the role `admin`, for routes that every key may call. */
export function asksAsAdmin(keys: Keys, request: FastifyRequest): boolean {
  const { keyId } = callerOf(request);
  return keys.records().some(({ id, roles }) => id === keyId && roles.includes('admin'));
}
