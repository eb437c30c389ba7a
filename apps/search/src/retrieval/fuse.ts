/**
 * Lists of what was found in several ways become one by their scores, each made relative to the best of its own list
 * (Bruch, Gai and Ingber, 2023, find that better than fusing ranks). Ranks would make the best of a list that found nothing
 * good count as much as a perfect match; a score lets a list say that its second is nearly as good as its first.
 */

export interface Hit {
  readonly number: number;
  /** As the list ranks them; more is better. */
  readonly score: number;
}

export interface ScoredList {
  readonly weight: number;
  /** Best first. */
  readonly hits: readonly Hit[];
  /** The score of what counts for nothing. */
  readonly floor: number;
}

/** 1 for what is first in every list; 0 for what is in none. */
export type Fused = Hit;

/** All that is in any list, best first; what is equal stands as it came. */
export function fuse(lists: readonly ScoredList[]): Fused[] {
  const total = lists.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= 0) return [];
  const scores = new Map<number, number>();
  for (const { weight, hits, floor } of lists) {
    if (weight <= 0) continue;
    const range = (hits[0]?.score ?? floor) - floor;
    for (const { number, score } of hits) {
      const relative = range <= 0 ? 1 : Math.max(0, score - floor) / range;
      scores.set(number, (scores.get(number) ?? 0) + (weight / total) * relative);
    }
  }
  return [...scores]
    .map(([number, score]) => ({ number, score: Math.min(1, score) }))
    .sort((a, b) => b.score - a.score);
}

/**
 * Where the similarities of a list of vectors count for nothing. All vectors of a model may be similar, so it is what the
 * last of a full list has. The fewer there are, the less the last of them says about what is far, and zero counts more.
 */
export function floorOfSimilarities(hits: readonly Hit[], wanted: number): number {
  return (hits.at(-1)?.score ?? 0) * (hits.length / wanted);
}
