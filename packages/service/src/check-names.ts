import { KumikiError } from '@kumiki/api';
import type { FastifyRequest } from 'fastify';

const idPattern = /^[\w-]{1,128}$/;
const maxProjectCharacters = 128;
const shownCharacters = 128;

/**
 * Looks at what a request names, in its path and in its query, before any route does: what cannot be an id names nothing,
 * and no database takes U+0000. Throws KumikiError.
 */
export async function checkNames(request: FastifyRequest): Promise<void> {
  for (const [name, id] of Object.entries((request.params ?? {}) as Record<string, string>)) {
    // Names of projects are anybody's words.
    const fits = name === 'project' ? id.length <= maxProjectCharacters && isPlain(id) : idPattern.test(id);
    if (!fits) throw new KumikiError('not_found', { what: 'object', id: id.slice(0, shownCharacters), hint: '' });
  }
  for (const [param, value] of Object.entries((request.query ?? {}) as Record<string, unknown>)) {
    if ([value].flat().every((one) => typeof one !== 'string' || isPlain(one))) continue;
    const reason = 'it contains U+0000 or half a surrogate pair';
    throw new KumikiError('invalid_value', { param: param.slice(0, shownCharacters), reason });
  }
}

function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
