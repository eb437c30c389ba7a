import { KumikiError, vectorStoreLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { clearChunks, endStoreFile } from '../chunks/remove-chunks.ts';
import { fileCounts } from './vector-store.ts';

/** The rows of `search.file_batches`: files that were added to a store together. */

interface BatchRow {
  readonly number: number;
  readonly id: string;
  readonly storeId: string;
  readonly created: number;
  readonly cancelledAt: number | null;
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

export async function insertBatch(
  database: Queryable,
  batch: { readonly id: string; readonly project: string; readonly store: number },
): Promise<number> {
  const { rows } = await database.query<{ number: number }>(
    'INSERT INTO search.file_batches (id, project, store_number) VALUES ($1, $2, $3) RETURNING number',
    [batch.id, batch.project, batch.store],
  );
  return rows[0]?.number ?? 0;
}

export async function requireBatch(database: Queryable, project: string, store: number, id: string): Promise<BatchRow> {
  const { rows } = await database.query<BatchRow>(
    `SELECT batch.number, batch.id, store.id AS "storeId",
       extract(epoch FROM batch.created_at)::bigint AS created,
       extract(epoch FROM batch.cancelled_at)::bigint AS "cancelledAt",
       count(place.number) FILTER (WHERE place.status = 'in_progress') AS "inProgress",
       count(place.number) FILTER (WHERE place.status = 'completed') AS completed,
       count(place.number) FILTER (WHERE place.status = 'failed') AS failed,
       count(place.number) FILTER (WHERE place.status = 'cancelled') AS cancelled
     FROM search.file_batches AS batch
     JOIN search.vector_stores AS store ON store.number = batch.store_number
     LEFT JOIN search.store_files AS place ON place.batch_number = batch.number AND place.removed_at IS NULL
     WHERE batch.project = $1 AND batch.store_number = $2 AND batch.id = $3
     GROUP BY batch.number, store.id`,
    [project, store, id],
  );
  if (rows[0] === undefined) {
    throw new KumikiError('not_found', { what: 'file batch in this vector store', id: id.slice(0, 128), hint: '' });
  }
  return rows[0];
}

/** Throws when a store has the maximum number of batches; ended ones are deleted after a month. */
export async function requireBatchPlace(database: Queryable, store: number): Promise<void> {
  const { rows } = await database.query<{ batches: number }>(
    'SELECT count(*) AS batches FROM search.file_batches WHERE store_number = $1',
    [store],
  );
  const { batchesInStore } = vectorStoreLimits;
  if ((rows[0]?.batches ?? 0) < batchesInStore) return;
  const reason = `This vector store has ${batchesInStore} file batches, the most that are remembered. Add files one by one, or make another store`;
  throw new KumikiError('conflict', { reason });
}

/** Cancels the unfinished files of a batch; completed ones stay. Can be repeated. */
export async function cancelBatch(database: Database, batch: number): Promise<void> {
  await database.query(
    'UPDATE search.file_batches SET cancelled_at = coalesce(cancelled_at, now()) WHERE number = $1',
    [batch],
  );
  const { rows } = await database.query<{ number: number }>(
    `SELECT number FROM search.store_files WHERE batch_number = $1 AND status = 'in_progress' ORDER BY number`,
    [batch],
  );
  for (const { number } of rows) {
    const cancelled = await database.transaction(async (transaction) => {
      const open = await transaction.query(
        `SELECT 1 FROM search.store_files WHERE number = $1 AND status = 'in_progress' FOR UPDATE`,
        [number],
      );
      if (open.count > 0) await endStoreFile(transaction, number, 'cancelled');
      return open.count > 0;
    });
    if (cancelled) await clearChunks(database, number);
  }
}

export function toFileBatch(row: BatchRow) {
  const counts = fileCounts(row);
  return {
    id: row.id,
    object: 'vector_store.files_batch' as const,
    created_at: row.created,
    vector_store_id: row.storeId,
    status: statusOf(row),
    file_counts: counts,
  };
}

function statusOf(row: BatchRow): 'in_progress' | 'completed' | 'cancelled' | 'failed' {
  if (row.cancelledAt !== null) return 'cancelled';
  if (row.inProgress > 0) return 'in_progress';
  return row.failed > 0 && row.completed === 0 ? 'failed' : 'completed';
}
