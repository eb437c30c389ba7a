import type { Database, Queryable } from '@kumiki/postgres';

/** Chunks that are deleted in one transaction, so that locks are short. */
const sliceChunks = 5_000;
/** Counts of terms that go in one statement. */
const sliceTerms = 10_000;

/**
 * Removes a file from a store, with its chunks. A process that is ingesting it finds the row changed and writes nothing
 * more. Can be repeated after an interruption.
 */
export async function removeStoreFile(database: Database, storeFile: number): Promise<void> {
  await database.transaction((transaction) => endStoreFile(transaction, storeFile, 'removed'));
  await removeInSlices(database, 'store_file = $1', storeFile);
  await database.query('DELETE FROM search.store_files WHERE number = $1', [storeFile]);
}

/**
 * Ends the work on a file in a store: removes it from the counts and fences off a running ingest. The caller clears its
 * chunks after the transaction; otherwise the sweep does.
 */
export async function endStoreFile(
  transaction: Queryable,
  storeFile: number,
  end: 'cancelled' | 'failed' | 'removed',
): Promise<void> {
  const { rows } = await transaction.query<{ store: number; status: string }>(
    `SELECT store_number AS store, status FROM search.store_files
     WHERE number = $1 AND removed_at IS NULL FOR UPDATE`,
    [storeFile],
  );
  const row = rows[0];
  if (row === undefined) return;
  if (row.status === 'completed') await countTerms(transaction, row.store, storeFile, -1);
  await transaction.query(
    `UPDATE search.store_files SET fence = fence + 1, lease_owner = NULL, lease_until = NULL, usage_bytes = 0,
       status = CASE WHEN $2 = 'removed' THEN 'cancelled' ELSE $2 END,
       removed_at = CASE WHEN $2 = 'removed' THEN now() END
     WHERE number = $1`,
    [storeFile, end],
  );
}

/** Removes the chunks of a file that has failed or was cancelled. */
export async function clearChunks(database: Database, storeFile: number): Promise<void> {
  await removeInSlices(database, 'store_file = $1', storeFile);
  await database.query(
    `UPDATE search.store_files SET chunks_done = 0 WHERE number = $1 AND status IN ('failed', 'cancelled')`,
    [storeFile],
  );
}

/** Removes all chunks of a store. The store must be marked as deleted, so that none are added. */
export async function removeStoreChunks(database: Database, store: number): Promise<void> {
  await removeInSlices(database, 'store_number = $1', store);
}

async function removeInSlices(database: Database, condition: string, number: number): Promise<void> {
  for (;;) {
    const { count } = await database.query(
      `DELETE FROM search.chunks WHERE number IN (SELECT number FROM search.chunks WHERE ${condition} LIMIT ${sliceChunks})`,
      [number],
    );
    if (count < sliceChunks) return;
  }
}

/** Removes the counts of all terms of a store, of which a large one has more than one statement may delete. */
export async function removeTermCounts(database: Database, store: number): Promise<void> {
  for (let count = sliceTerms; count === sliceTerms;) {
    ({ count } = await database.query(
      `DELETE FROM search.term_counts WHERE store_number = $1 AND term IN
         (SELECT term FROM search.term_counts WHERE store_number = $1 LIMIT ${sliceTerms})`,
      [store],
    ));
  }
}

/**
 * Adds the terms of a file's chunks to the counts of its store, or subtracts them. The store's row is locked first,
 * which serialises completions in one store and prevents deadlocks on shared terms.
 */
export async function countTerms(
  transaction: Queryable,
  store: number,
  storeFile: number,
  sign: 1 | -1,
): Promise<void> {
  await transaction.query(
    `UPDATE search.vector_stores SET
       chunk_count = chunk_count + $3 * counted.chunks, term_total = term_total + $3 * counted.terms
     FROM (SELECT count(*) AS chunks, coalesce(sum(term_count), 0)::bigint AS terms
           FROM search.chunks WHERE store_file = $2) AS counted
     WHERE vector_stores.number = $1`,
    [store, storeFile, sign],
  );
  await transaction.query(
    `INSERT INTO search.term_counts AS counts (store_number, term, chunks)
     SELECT $1, lexeme, $3 * count(*) FROM search.chunks, unnest(terms) WHERE store_file = $2 GROUP BY lexeme
     ON CONFLICT (store_number, term) DO UPDATE SET chunks = counts.chunks + EXCLUDED.chunks`,
    [store, storeFile, sign],
  );
  if (sign > 0) return;
  await transaction.query(
    `DELETE FROM search.term_counts WHERE store_number = $1 AND chunks <= 0 AND term IN
       (SELECT lexeme FROM search.chunks, unnest(terms) WHERE store_file = $2)`,
    [store, storeFile],
  );
}
