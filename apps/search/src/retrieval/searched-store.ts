import type { Queryable } from '@kumiki/postgres';
import { storeNotFound } from '../stores/store-rows.ts';

/** The properties of a store that a search needs. */
export interface SearchedStore {
  readonly number: number;
  readonly id: string;
  readonly project: string;
  readonly model: string | null;
  readonly dimensions: number | null;
  /** Revision of the model that made its vectors; null when unknown. */
  readonly revision: number | null;
  readonly chunkCount: number;
  readonly termTotal: number;
  /** Number of chunks of all stores with vectors of that length, which share the index. */
  readonly indexChunks: number;
  readonly expired: boolean;
}

/** Returns the store. Throws `not_found`, also for a store of another project. */
export async function requireSearchedStore(database: Queryable, project: string, id: string): Promise<SearchedStore> {
  const { rows } = await database.query<SearchedStore>(
    `SELECT number, id, project, embedding_model AS model, dimensions, embedding_revision AS revision, chunk_count AS "chunkCount",
       term_total AS "termTotal",
       (SELECT coalesce(sum(chunk_count), 0)::bigint FROM search.vector_stores AS other
        WHERE other.dimensions = store.dimensions) AS "indexChunks",
       coalesce(last_active_at + expires_after_days * interval '1 day' <= now(), false) AS expired
     FROM search.vector_stores AS store WHERE project = $1 AND id = $2 AND deleted_at IS NULL`,
    [project, id],
  );
  if (rows[0] === undefined) throw storeNotFound(id);
  return rows[0];
}
