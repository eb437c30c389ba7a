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

/**
 * Removes what has expired, completes interrupted removals, and renews the vectors of replaced models. A step that fails
 * does not prevent the others. Rejects with all failures at the end.
 */
export async function sweep({ database, objects, revisions, signal }: SweepOptions): Promise<void> {
  const failures: unknown[] = [];
  const attempt = (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => void failures.push(error));
  /** In random order, so that rows that fail repeatedly do not fill every sweep. */
  const each = (sql: string, work: (number: number) => Promise<void>): Promise<void> =>
    attempt(async () => {
      const { rows } = await database.query<{ number: number }>(`${sql} ORDER BY random() LIMIT ${maxPerSweep}`);
      for (const { number } of rows) {
        if (signal.aborted) return;
        await attempt(() => work(number));
      }
    });

  const files = 'SELECT number FROM search.files WHERE deleted_at IS NOT NULL OR expires_at <= now()';
  await each(files, (number) => deleteFile(database, objects, number));

  const removed = 'SELECT number FROM search.store_files WHERE removed_at IS NOT NULL';
  await each(removed, (number) => removeStoreFile(database, number));

  const ended = `SELECT number FROM search.store_files WHERE status IN ('failed', 'cancelled') AND chunks_done > 0`;
  await each(ended, (number) => clearChunks(database, number));

  const deleted = 'SELECT number FROM search.vector_stores WHERE deleted_at IS NOT NULL';
  await each(deleted, (number) => deleteStore(database, number));

  // An expired store keeps its row with the status; its content is removed.
  const expired = `SELECT number FROM search.vector_stores AS store
    WHERE last_active_at + expires_after_days * interval '1 day' <= now()
      AND EXISTS (SELECT 1 FROM search.store_files WHERE store_number = store.number)`;
  await each(expired, (number) => emptyStore(database, number));

  const pending = 'SELECT number FROM search.store_files WHERE attributes_pending AND removed_at IS NULL';
  await each(pending, (number) => spreadAttributes(database, number));

  await attempt(() => removeDeadUploads(database, objects));
  await attempt(() => removeOrphans(database, objects));

  const oldBatches = `SELECT number FROM search.file_batches AS batch
    WHERE created_at < now() - ${batchDays} * interval '1 day' AND NOT EXISTS
      (SELECT 1 FROM search.store_files WHERE batch_number = batch.number AND status = 'in_progress')`;
  await each(oldBatches, async (number) => {
    await database.query('DELETE FROM search.file_batches WHERE number = $1', [number]);
  });

  await attempt(() => renewVectors(database, revisions, signal));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} steps of a sweep failed`);
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
