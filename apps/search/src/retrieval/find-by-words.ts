import { type Filter, vectorStoreLimits } from '@kumiki/api';
import type { Database, Parameter } from '@kumiki/postgres';
import { lexemeOf, quoteLexeme } from '../lexical/lexemes.ts';
import { maxRanked, planLexical } from '../lexical/plan.ts';
import { termsOf } from '../lexical/terms.ts';
import { filterSql } from './filter-sql.ts';
import type { Hit } from './fuse.ts';
import type { SearchedStore } from './searched-store.ts';

/** Length normalisation, `b` of BM25. Chosen by `npm run bench search`. */
const lengthWeight = 0.35;

/** Most distinct terms of one query that are looked up. */
const maxLookedUp = 256;

/** The chunks of a store that share words with a query, best first, with their scores. */
export async function findByWords(
  database: Database,
  store: SearchedStore,
  query: string,
  filter: Filter | null,
  wanted: number,
): Promise<readonly Hit[]> {
  const terms = termsOf(query, vectorStoreLimits.queryCharacters);
  const lexemes = [...new Set(terms)].slice(0, maxLookedUp).map((term) => lexemeOf(store.number, term));
  if (lexemes.length === 0 || store.chunkCount === 0) return [];
  const counted = await database.query<{ term: string; chunks: number }>(
    'SELECT term, chunks FROM search.term_counts WHERE store_number = $1 AND term = ANY($2::text[])',
    [store.number, lexemes],
  );
  const plan = planLexical(new Map(counted.rows.map(({ term, chunks }) => [term, chunks])), store.chunkCount);
  if (plan.required.length === 0) return [];
  const match = plan.required.map((group) => `(${group.map(quoteLexeme).join(' | ')})`).join(' & ');
  const averageTerms = Math.max(1, store.termTotal / Math.max(1, store.chunkCount));
  const parameters: Parameter[] = [store.project, store.number, match, wanted, maxRanked, averageTerms];
  // ts_rank of one term grows with its frequency and saturates, as in BM25; it lacks the inverse document frequency,
  // which is multiplied here.
  const rank = plan.weights
    .map(({ term, idf }) => `${idf.toFixed(4)} * ts_rank(terms, $${parameters.push(quoteLexeme(term))}::tsquery)`)
    .join(' + ');
  const { rows } = await database.query<Hit>(
    `WITH candidates AS MATERIALIZED (
       SELECT number, terms, term_count FROM search.chunks
       WHERE terms @@ $3::tsquery AND project = $1 AND store_number = $2 AND ${filterSql(filter, parameters)} LIMIT $5
     )
     SELECT number, (${rank}) / (1 - ${lengthWeight} + ${lengthWeight} * term_count / $6::float8) AS score
     FROM candidates ORDER BY score DESC, number LIMIT $4`,
    parameters,
  );
  return rows;
}
