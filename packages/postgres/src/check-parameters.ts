import { KumikiError } from '@kumiki/api/errors';
import type { Parameter } from './database.ts';

/**
 * PostgreSQL's text cannot contain U+0000. It is refused here, so that the client gets a clear error instead of a
 * failed query. JSON may contain it, since it is escaped there. Throws KumikiError.
 */
export function checkParameters(parameters: readonly Parameter[]): void {
  for (const value of parameters) {
    if (typeof value === 'string' ? value.includes('\0') : isText(value) && value.some(hasNul)) {
      throw new KumikiError('invalid_value', { param: 'body', reason: 'a name in it contains U+0000' });
    }
  }
}

function isText(value: Parameter): value is readonly string[] {
  return Array.isArray(value) && typeof value[0] === 'string';
}

function hasNul(text: string): boolean {
  return text.includes('\0');
}
