import { headers } from '@kumiki/api';
import { callerOf } from '@kumiki/service';
import type { FastifyRequest } from 'fastify';
import type { LocalRuntime } from '../runtime.ts';

type WithKeys = Pick<LocalRuntime, 'keys'>;

/** Name of the key that a request came with; its id where the key is gone, null where the gateway named none. */
export function whoAsks({ keys }: WithKeys, request: FastifyRequest): string | null {
  const id = request.headers[headers.key];
  if (typeof id !== 'string') return null;
  return keys.records().find((key) => key.id === id)?.name ?? id;
}

/** Whether the key that a request came with may operate the installation, on routes that every key may ask. */
export function asksAsAdmin({ keys }: WithKeys, request: FastifyRequest): boolean {
  const { keyId } = callerOf(request);
  return keys.records().some(({ id, roles }) => id === keyId && roles.includes('admin'));
}

/** The session whose cookie the gateway has checked; null for a key. */
export function sessionIdOf(request: FastifyRequest): string | null {
  const id = request.headers[headers.session];
  return typeof id === 'string' ? id : null;
}
