import type { Database } from '@kumiki/postgres';
import { clearChunks, removeStoreFile } from '../chunks/remove-chunks.ts';
import type { Revisions } from '../embedding/revisions.ts';
import { deleteFile } from '../files/delete-file.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { deleteStore, emptyStore } from '../stores/delete-store.ts';
import { spreadAttributes } from '../stores/store-file-rows.ts';
import { renewVectors } from './renew-vectors.ts';

/** Rows of each kind in one sweep; the next sweep takes the rest. */
const maxPerSweep = 100;
/** Objects without a row belong to a running upload or a dead one. No upload takes a day. */
const orphanAgeMs = 86_400_000;
/** Days after which a batch without files in progress is deleted; its files stay. */
const batchDays = 30;

export interface SweepOptions {
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly revisions: Revisions;
  /** Aborts long steps. */
  readonly signal: AbortSignal;
}

/** Removes what has expired, completes interrupted removals, and renews the vectors of replaced models. */
export async function sweep({ database, objects, revisions, signal }: SweepOptions): Promise<void> {
  const numbers = async (sql: string): Promise<number[]> => {
    const { rows } = await database.query<{ number: number }>(`${sql} LIMIT ${maxPerSweep}`);
    return rows.map(({ number }) => number);
  };
  const files = 'SELECT number FROM search.files WHERE deleted_at IS NOT NULL OR expires_at <= now()';
  for (const number of await numbers(files)) await deleteFile(database, objects, number);

  const removed = 'SELECT number FROM search.store_files WHERE removed_at IS NOT NULL';
  for (const number of await numbers(removed)) await removeStoreFile(database, number);

  const ended = `SELECT number FROM search.store_files WHERE status IN ('failed', 'cancelled') AND chunks_done > 0`;
  for (const number of await numbers(ended)) await clearChunks(database, number);

  const deleted = 'SELECT number FROM search.vector_stores WHERE deleted_at IS NOT NULL';
  for (const number of await numbers(deleted)) await deleteStore(database, number);

  // An expired store keeps its row with the status; its content is removed.
  const expired = `SELECT number FROM search.vector_stores AS store
    WHERE last_active_at + expires_after_days * interval '1 day' <= now()
      AND EXISTS (SELECT 1 FROM search.store_files WHERE store_number = store.number)`;
  for (const number of await numbers(expired)) await emptyStore(database, number);

  const pending = 'SELECT number FROM search.store_files WHERE attributes_pending AND removed_at IS NULL';
  for (const number of await numbers(pending)) await spreadAttributes(database, number);

  await removeDeadUploads(database, objects);
  await removeOrphans(database, objects);

  const oldBatches = `SELECT number FROM search.file_batches AS batch
    WHERE created_at < now() - ${batchDays} * interval '1 day' AND NOT EXISTS
      (SELECT 1 FROM search.store_files WHERE batch_number = batch.number AND status = 'in_progress')`;
  for (const number of await numbers(oldBatches)) {
    await database.query('DELETE FROM search.file_batches WHERE number = $1', [number]);
  }

  await renewVectors(database, revisions, signal);
}

/** Removes reservations and bytes of uploads whose process died. */
async function removeDeadUploads(database: Database, objects: ObjectStore): Promise<void> {
  const { rows } = await database.query<{ id: string }>(
    `SELECT id FROM search.uploads WHERE expires_at < now() ORDER BY expires_at LIMIT ${maxPerSweep}`,
  );
  for (const { id } of rows) {
    await objects.remove(id);
    await database.query('DELETE FROM search.uploads WHERE id = $1 AND expires_at < now()', [id]);
  }
}

async function removeOrphans(database: Database, objects: ObjectStore): Promise<void> {
  const old = await objects.listOlderThan(orphanAgeMs);
  if (old.length === 0) return;
  const { rows } = await database.query<{ id: string }>(
    `SELECT id FROM unnest($1::text[]) AS object (id)
     WHERE NOT EXISTS (SELECT 1 FROM search.files WHERE files.id = object.id) LIMIT ${maxPerSweep}`,
    [old],
  );
  for (const { id } of rows) await objects.remove(id);
}
