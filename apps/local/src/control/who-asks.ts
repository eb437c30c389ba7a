import { headers } from '@kumiki/api';
import type { FastifyRequest } from 'fastify';
import type { LocalRuntime } from '../runtime.ts';

/** Name of the key that a request came with; its id where the key is gone, null where the gateway named none. */
export function whoAsks({ keys }: Pick<LocalRuntime, 'keys'>, request: FastifyRequest): string | null {
  const id = request.headers[headers.key];
  if (typeof id !== 'string') return null;
  return keys.records().find((key) => key.id === id)?.name ?? id;
}
