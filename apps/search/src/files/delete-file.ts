import type { Database } from '@kumiki/postgres';
import { removeStoreFile } from '../chunks/remove-chunks.ts';
import type { ObjectStore } from '../objects/object-store.ts';

/**
 * Deletes a file: from every store, then its bytes, then its row. The first statement hides it from clients; the sweep
 * completes a deletion that is interrupted after it.
 */
export async function deleteFile(database: Database, objects: ObjectStore, number: number): Promise<void> {
  const { rows } = await database.query<{ id: string }>(
    'UPDATE search.files SET deleted_at = coalesce(deleted_at, now()) WHERE number = $1 RETURNING id',
    [number],
  );
  const id = rows[0]?.id;
  if (id === undefined) return;
  const places = await database.query<{ number: number }>(
    'SELECT number FROM search.store_files WHERE file_number = $1',
    [number],
  );
  for (const place of places.rows) await removeStoreFile(database, place.number);
  await objects.remove(id);
  await database.query('DELETE FROM search.files WHERE number = $1', [number]);
}
