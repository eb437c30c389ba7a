import type { Attributes } from '@kumiki/api';
import type { ValueKind } from './filter-draft.ts';

/** What the API takes. */
export const maxAttributes = 16;
const maxKeyCharacters = 64;
const maxValueCharacters = 512;

/** An attribute as it is being typed. */
export interface AttributeDraft {
  readonly id: number;
  readonly key: string;
  readonly kind: ValueKind;
  readonly value: string;
}

export type AttributeProblem = 'many' | 'key' | 'twice' | 'number' | 'long';

let nextId = 1;

export function toDrafts(attributes: Attributes): AttributeDraft[] {
  return Object.entries(attributes).map(([key, value]) => ({
    id: nextId++,
    key,
    kind: typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean',
    value: String(value),
  }));
}

export function toAttributes(drafts: readonly AttributeDraft[]): Attributes {
  return Object.fromEntries(
    drafts.map(({ key, kind, value }) => [
      key.trim(),
      kind === 'text' ? value : kind === 'number' ? Number(value.normalize('NFKC')) : value === 'true',
    ]),
  );
}

/** The first thing that the API would refuse; null when there is none. */
export function checkAttributes(drafts: readonly AttributeDraft[]): AttributeProblem | null {
  const keys = drafts.map(({ key }) => key.trim());
  if (drafts.length > maxAttributes) return 'many';
  if (keys.some((key) => key === '' || key.length > maxKeyCharacters)) return 'key';
  if (new Set(keys).size < keys.length) return 'twice';
  if (drafts.some(({ kind, value }) => kind === 'number' && !isNumber(value))) return 'number';
  return drafts.some(({ value }) => value.length > maxValueCharacters) ? 'long' : null;
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text.normalize('NFKC')));
}
