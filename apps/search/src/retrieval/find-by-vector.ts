import type { Filter } from '@kumiki/api';
import type { Database, Parameter } from '@kumiki/postgres';
import { chooseVectorPlan } from './choose.ts';
import { filterSql } from './filter-sql.ts';
import type { Hit } from './fuse.ts';
import type { SearchedStore } from './searched-store.ts';
import { indexedType } from './vector-index.ts';

/** Search width of the index (`hnsw.ef_search`). */
const searchWidth = 100;

/**
 * The nearest chunks of a store, best first, with their cosine, −1 to 1. The conditions on store and filter apply
 * during the search.
 */
export async function findByVector(
  database: Database,
  store: SearchedStore,
  vector: string,
  filter: Filter | null,
  wanted: number,
): Promise<readonly Hit[]> {
  const { dimensions } = store;
  if (dimensions === null) return [];
  const indexed = indexedType(dimensions);
  const plan = chooseVectorPlan({
    storeChunks: store.chunkCount,
    indexChunks: store.indexChunks,
    wanted,
    dimensions,
    indexed: indexed !== null,
  });
  const type = plan.kind === 'index' && indexed !== null ? indexed.type : `vector(${dimensions})`;
  const parameters: Parameter[] = [store.project, store.number, vector, wanted];
  const condition = `project = $1 AND store_number = $2 AND dimensions = ${dimensions} AND ${filterSql(filter, parameters)}`;
  const distance = `embedding::${type} <=> $3::${type}`;
  if (plan.kind === 'exact') {
    const { rows } = await database.query<Hit>(
      // The addition prevents the use of the index, so each vector of the store is read.
      `SELECT number, 1 - (${distance}) AS score FROM search.chunks WHERE ${condition}
       ORDER BY (${distance}) + 0 LIMIT $4`,
      parameters,
    );
    return rows;
  }
  return database.transaction(async (transaction) => {
    await transaction.query(
      // Disabled plan types have a huge estimated cost, which would trigger JIT compilation, and that takes far longer
      // than the index scan itself.
      `SELECT set_config('jit', 'off', true),
         set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', $1, true),
         set_config('hnsw.max_scan_tuples', $2, true), set_config('enable_seqscan', 'off', true),
         set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)`,
      [String(Math.max(searchWidth, wanted)), String(plan.maxScanTuples)],
    );
    const { rows } = await transaction.query<Hit>(
      // Relaxed order is only nearly sorted; the outer sort completes it.
      `WITH found AS MATERIALIZED (
         SELECT number, ${distance} AS distance FROM search.chunks WHERE ${condition}
         ORDER BY ${distance} LIMIT $4
       ) SELECT number, 1 - distance AS score FROM found ORDER BY distance + 0`,
      parameters,
    );
    return rows;
  });
}
