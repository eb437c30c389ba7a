import type { ProjectLimitName } from '@kumiki/api';

const units = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

export function isBytes(name: ProjectLimitName): boolean {
  return name.endsWith('_bytes');
}

/** Bytes in the largest binary unit that holds one of them: limits are set in these, so that `10 GiB` stays `10 GiB`. */
export function writeBytes(bytes: number): string {
  const [unit, size] = units.find(([, one]) => bytes >= one) ?? ['B', 1];
  const value = bytes / size;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}

/** A limit as it is typed: exact, so that reading it again gives the same. */
export function writeLimit(name: ProjectLimitName, value: number): string {
  if (!isBytes(name)) return String(value);
  const [unit, size] = units.find(([, one]) => value >= one && value % one === 0) ?? ['', 1];
  return `${value / size}${unit === '' ? '' : ` ${unit}`}`;
}

export type ReadLimit =
  | { readonly kind: 'value'; readonly value: number }
  /** Nothing was typed: what all have. */
  | { readonly kind: 'default' }
  | { readonly kind: 'wrong' };

/** Reads what was typed: a whole number, for bytes also with a binary unit. */
export function readLimit(name: ProjectLimitName, text: string): ReadLimit {
  const typed = text.trim();
  if (typed === '') return { kind: 'default' };
  const match = /^(\d{1,15})\s?(KiB|MiB|GiB|TiB)?$/i.exec(typed);
  const unit = units.find(([one]) => one.toLowerCase() === match?.[2]?.toLowerCase());
  if (match === null || (unit !== undefined && !isBytes(name))) return { kind: 'wrong' };
  const value = Number(match[1]) * (unit?.[1] ?? 1);
  const most = isBytes(name) ? Number.MAX_SAFE_INTEGER : 1_000_000_000;
  return value <= most ? { kind: 'value', value } : { kind: 'wrong' };
}
