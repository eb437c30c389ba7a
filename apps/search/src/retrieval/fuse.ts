/**
 * Merges result lists by scores that are normalised to the best of each list (Bruch, Gai and Ingber, 2023, find that
 * better than fusing ranks). With ranks, the best hit of a poor list would count as much as a perfect match, and nearly
 * equal hits would be far apart.
 */

export interface Hit {
  readonly number: number;
  /** Score within its list; higher is better. */
  readonly score: number;
}

export interface ScoredList {
  readonly weight: number;
  /** Best first. */
  readonly hits: readonly Hit[];
  /** The score that counts as 0. */
  readonly floor: number;
}

/** Scores from 0 to 1, where 1 is first in every list. */
export type Fused = Hit;

/** The hits of all lists, best first; the sort is stable. */
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
 * The floor of a list of vector similarities. All vectors of a model may be similar, so it is the similarity of the
 * last hit of a full list. The shorter the list, the less its last hit says about distant vectors, so the floor moves
 * towards zero.
 */
export function floorOfSimilarities(hits: readonly Hit[], wanted: number): number {
  return (hits.at(-1)?.score ?? 0) * (hits.length / wanted);
}
