/**
 * Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009): ranks of several lists become one, whatever their scores
 * mean. A chunk that is not in a list gets nothing from it: with words alone that keeps what shares no word with the
 * query from drowning what only the vectors find, in another language for example.
 */

/** How little the first places differ. The paper takes 60, for lists of equal worth; ours are not. See `npm run bench search`. */
const rankOffset = 10;

export interface RankedList {
  readonly weight: number;
  /** Best first. */
  readonly numbers: readonly number[];
}

export interface Fused {
  readonly number: number;
  /** 1 for what is first in every list; 0 for what is in none. */
  readonly score: number;
}

/** All that is in any list, best first; what is equal stands as it came. */
export function fuse(lists: readonly RankedList[]): Fused[] {
  const best = lists.reduce((sum, { weight }) => sum + weight, 0) / (rankOffset + 1);
  if (best <= 0) return [];
  const scores = new Map<number, number>();
  for (const { weight, numbers } of lists) {
    if (weight <= 0) continue;
    for (const [index, number] of numbers.entries()) {
      scores.set(number, (scores.get(number) ?? 0) + weight / (rankOffset + 1 + index) / best);
    }
  }
  return [...scores]
    .map(([number, score]) => ({ number, score: Math.min(1, score) }))
    .sort((a, b) => b.score - a.score);
}
