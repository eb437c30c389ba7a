import { KumikiError } from '@kumiki/api';
import type { Parameter } from './database.ts';

/**
 * PostgreSQL's text has no U+0000. Whoever sends one is told, instead of the database's refusal being ours; JSON may have
 * it, since its text has an escape for it. Throws KumikiError.
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
