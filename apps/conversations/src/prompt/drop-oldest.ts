import type { Item } from '../answer/response-object.ts';

/**
 * Shortens a prompt that was too long: whole turns are removed from the front, so that no tool output loses its call.
 * null when nothing more can be removed, since the last user message always stays.
 * @param share of the characters to keep, below 1.
 */
export function dropOldest(items: readonly Item[], share: number): Item[] | null {
  const sizes = items.map((item) => JSON.stringify(item).length);
  const allowed = sizes.reduce((sum, size) => sum + size, 0) * share;
  const starts = items.flatMap((item, index) => (startsTurn(item) && index > 0 ? [index] : []));
  const last = starts.at(-1);
  if (last === undefined) return null;
  let left = sizes.reduce((sum, size) => sum + size, 0);
  let from = 0;
  for (const start of starts) {
    while (from < start) left -= sizes[from++] ?? 0;
    if (left <= allowed) break;
  }
  return items.slice(from);
}

/** The items from the first complete turn on. */
export function fromFirstTurn(items: readonly Item[]): readonly Item[] {
  const start = items.findIndex(startsTurn);
  return start < 0 ? [] : items.slice(start);
}

function startsTurn(item: Item): boolean {
  return item.type === 'message' && item['role'] === 'user';
}
