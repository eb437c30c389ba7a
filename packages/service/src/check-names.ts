import { KumikiError } from '@kumiki/api/errors';
import type { FastifyRequest } from 'fastify';

const idPattern = /^[\w-]{1,128}$/;
const maxProjectCharacters = 128;
const shownCharacters = 128;

/**
 * Checks the ids in a request's path and query before its route runs: a malformed id is not found, and PostgreSQL does
 * not accept U+0000. Throws KumikiError.
 */
export async function checkNames(request: FastifyRequest): Promise<void> {
  for (const [name, id] of Object.entries((request.params ?? {}) as Record<string, string>)) {
    // Names of projects are free text.
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
