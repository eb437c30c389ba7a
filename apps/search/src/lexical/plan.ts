/** How the chunks that share words with a query are found and ranked. */

export interface LexicalPlan {
  /** Groups of terms: a chunk is ranked that has, for every group, one of its terms. */
  readonly required: readonly (readonly string[])[];
  /** Every term that counts, with its weight. */
  readonly weights: readonly { readonly term: string; readonly idf: number }[];
}

/** Chunks that are ranked at most. A store with fewer is ranked whole. */
export const maxRanked = 2_000;
/** Distinct terms of a query that count, the rarest first; a page pasted as a question has hundreds. */
const maxTerms = 48;

/**
 * Chooses, by how common each term is, which chunks are worth ranking. Rare words decide a ranking and are cheap to look
 * up; common ones add little and would have half of the store read. So chunks are looked for by the rarest terms, as many
 * as keep within the limit; when even the rarest is in more chunks than that, only those that have several of the terms
 * are ranked.
 * @param counts of how many chunks have each term of the query; terms that are nowhere do not matter.
 */
export function planLexical(counts: ReadonlyMap<string, number>, chunkCount: number): LexicalPlan {
  const terms = [...counts]
    .filter(([, count]) => count > 0)
    .sort(([a, countA], [b, countB]) => countA - countB || (a < b ? -1 : 1))
    .slice(0, maxTerms);
  const weights = terms.map(([term, count]) => ({ term, idf: idfOf(count, chunkCount) }));
  const rarest = terms[0];
  if (rarest === undefined) return { required: [], weights: [] };
  if (rarest[1] > maxRanked) return { required: several(terms, chunkCount), weights };
  let sum = 0;
  const within = terms.filter(([, count]) => (sum += count) <= maxRanked);
  return { required: [within.map(([term]) => term)], weights };
}

/** Terms that a chunk must all have, so many that about the limit is left if terms fell independently. */
function several(terms: readonly (readonly [string, number])[], chunkCount: number): string[][] {
  const required: string[][] = [];
  let expected = chunkCount;
  for (const [term, count] of terms) {
    if (expected <= maxRanked) break;
    required.push([term]);
    expected *= count / Math.max(1, chunkCount);
  }
  return required;
}

/** The inverse document frequency of BM25 (Robertson and Zaragoza, 2009, 3.3), in the form that is never negative. */
function idfOf(count: number, chunkCount: number): number {
  return Math.log(1 + (Math.max(chunkCount, count) - count + 0.5) / (count + 0.5));
}
