import type { Database } from '@kumiki/postgres';
import { removeStoreChunks, removeTermCounts } from '../chunks/remove-chunks.ts';

/** Deletes a store with its chunks; the files stay. If interrupted, the sweep completes it. */
export async function deleteStore(database: Database, number: number): Promise<void> {
  await database.query('UPDATE search.vector_stores SET deleted_at = coalesce(deleted_at, now()) WHERE number = $1', [
    number,
  ]);
  await emptyStore(database, number);
  await database.query('DELETE FROM search.vector_stores WHERE number = $1', [number]);
}

/** Removes all content of a store that is no longer visible. */
export async function emptyStore(database: Database, number: number): Promise<void> {
  await database.query(
    `UPDATE search.store_files SET removed_at = now(), status = 'cancelled', fence = fence + 1
     WHERE store_number = $1 AND removed_at IS NULL`,
    [number],
  );
  await removeStoreChunks(database, number);
  await database.query('DELETE FROM search.store_files WHERE store_number = $1', [number]);
  await removeTermCounts(database, number);
  await database.query('UPDATE search.vector_stores SET chunk_count = 0, term_total = 0 WHERE number = $1', [number]);
}
