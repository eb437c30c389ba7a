/** Plans how chunks that share words with a query are found and ranked. */

export interface LexicalPlan {
  /** Groups of terms: a chunk is ranked when it contains at least one term of every group. */
  readonly required: readonly (readonly string[])[];
  /** The terms that are ranked, with their weights. */
  readonly weights: readonly { readonly term: string; readonly idf: number }[];
}

/** Most chunks that are ranked. Smaller stores are ranked completely. */
export const maxRanked = 2_000;
/** Most distinct terms of a query that are used, rarest first; a page pasted as a question has hundreds. */
const maxTerms = 48;

/**
 * Selects the chunks worth ranking by term frequency. Rare words decide a ranking and are cheap to look up; common ones
 * add little and would read half of the store. Chunks are therefore found by the rarest terms, as many as stay within
 * the limit. When even the rarest term is in more chunks, only chunks with several of the terms are ranked.
 * @param counts number of chunks that contain each term of the query; unknown terms are ignored.
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

/** Terms that a chunk must all contain: enough that about {@link maxRanked} chunks remain if terms were independent. */
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
