import type { Comparison, Filter } from '@kumiki/api';

/** A filter as it is being put together; what is not filled in yet filters nothing. */

export const operators = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin'] as const;
export type Operator = (typeof operators)[number];
export type ValueKind = 'text' | 'number' | 'boolean';

export interface ConditionDraft {
  readonly id: number;
  readonly key: string;
  readonly operator: Operator;
  readonly kind: ValueKind;
  /** As typed; several with commas between for `in` and `nin`. */
  readonly value: string;
}

export interface GroupDraft {
  readonly id: number;
  readonly join: 'and' | 'or';
  readonly items: readonly (ConditionDraft | GroupDraft)[];
}

let nextId = 1;

export function emptyCondition(): ConditionDraft {
  return { id: nextId++, key: '', operator: 'eq', kind: 'text', value: '' };
}

export function emptyGroup(items: GroupDraft['items'] = []): GroupDraft {
  return { id: nextId++, join: 'and', items };
}

export function isGroup(node: ConditionDraft | GroupDraft): node is GroupDraft {
  return 'items' in node;
}

/** The filter that a draft means; null when it filters nothing. */
export function toFilter(draft: GroupDraft): Filter | null {
  const filters = draft.items
    .map((item) => (isGroup(item) ? toFilter(item) : toComparison(item)))
    .filter((filter) => filter !== null);
  if (filters.length === 0) return null;
  return filters.length === 1 ? (filters[0] ?? null) : { type: draft.join, filters };
}

function toComparison({ key, operator, kind, value }: ConditionDraft): Comparison | null {
  if (key.trim() === '' || value.trim() === '') return null;
  const isList = operator === 'in' || operator === 'nin';
  const values = (isList ? value.split(/[,、，]/) : [value])
    .map((text) => toValue(text.trim(), kind))
    .filter((one) => one !== '');
  const [first] = values;
  if (first === undefined) return null;
  return { type: operator, key: key.trim(), value: isList ? values : first } as Comparison;
}

function toValue(text: string, kind: ValueKind): string | number | boolean {
  if (kind === 'boolean') return text === 'true';
  const number = Number(text.normalize('NFKC'));
  return kind === 'number' && text !== '' && Number.isFinite(number) ? number : text;
}

/** The draft of a filter; null when it is none, or holds what the fields cannot show. */
export function toDraft(filter: unknown): GroupDraft | null {
  const node = toNode(filter);
  if (node === null) return null;
  return isGroup(node) ? node : emptyGroup([node]);
}

function toNode(filter: unknown): ConditionDraft | GroupDraft | null {
  if (typeof filter !== 'object' || filter === null) return null;
  const { type, key, value, filters } = filter as Readonly<Record<string, unknown>>;
  if (type === 'and' || type === 'or') {
    const items = Array.isArray(filters) ? filters.map(toNode) : [];
    const whole = items.filter((item) => item !== null);
    return whole.length === items.length && items.length > 0 ? { ...emptyGroup(whole), join: type } : null;
  }
  if (!operators.includes(type as Operator) || typeof key !== 'string') return null;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const kinds = new Set(values.map((one) => (typeof one === 'string' ? 'text' : typeof one)));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== 'text' && kind !== 'number' && kind !== 'boolean')) return null;
  if (Array.isArray(value) && values.some((one) => /[,、，]/.test(String(one)))) return null;
  return { ...emptyCondition(), key, operator: type as Operator, kind, value: values.map(String).join(', ') };
}
