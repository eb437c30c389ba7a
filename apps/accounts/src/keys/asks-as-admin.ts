import { callerOf } from '@kumiki/service';
import type { FastifyRequest } from 'fastify';
import type { KeyRing } from './key-ring.ts';

/** Whether the key that a request came with may operate the installation, on routes that every key may ask. */
export function asksAsAdmin(keys: KeyRing, request: FastifyRequest): boolean {
  const { keyId } = callerOf(request);
  return keys.records().some(({ id, roles }) => id === keyId && roles.includes('admin'));
}
