import { KumikiError } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { type BatchLease, writeFenced } from './batch-lease.ts';
import type { BatchError, BatchRow, Outcome, ResultFile } from './batch.ts';

/** The steps of a batch. Each is a fenced write, after which the row determines the next step. */

/** The input file is valid. Nothing changes when the batch is being cancelled. */
export function beginProgress(
  database: Database,
  lease: BatchLease,
  input: { readonly total: number; readonly model: string | null },
): Promise<BatchRow> {
  return writeFenced(database, lease, (transaction) =>
    update(
      transaction,
      lease,
      `status = CASE status WHEN 'validating' THEN 'in_progress' ELSE status END,
       in_progress_at = CASE status WHEN 'validating' THEN now() END, total = $2, model = $3`,
      [input.total, input.model],
    ),
  );
}

/**
 * Ends a batch as failed, because its input file is invalid or its results cannot be stored. A batch that is being
 * cancelled before it began is left to end as cancelled.
 */
export function failBatch(database: Database, lease: BatchLease, errors: readonly BatchError[]): Promise<BatchRow> {
  return writeFenced(database, lease, async (transaction, batch) => {
    if (batch.status === 'cancelling' && batch.outcome === null) return batch;
    await dropLines(transaction, lease);
    return update(
      transaction,
      lease,
      `status = 'failed', failed_at = now(), errors = $2::json, lease_owner = NULL, lease_until = NULL`,
      [JSON.stringify(errors)],
    );
  });
}

/**
 * Seals the results, which no longer change. A batch that is being cancelled is always sealed as cancelled; one whose
 * input was not completely read has no lines.
 */
export function sealResults(database: Database, lease: BatchLease, outcome: Outcome): Promise<BatchRow> {
  return writeFenced(database, lease, async (transaction, batch) => {
    if (batch.outcome !== null) return batch;
    if (batch.total === null) await dropLines(transaction, lease);
    const cancelled = batch.status === 'cancelling';
    return cancelled
      ? update(transaction, lease, `outcome = 'cancelled'`, [])
      : update(transaction, lease, `outcome = $2, status = 'finalizing', finalizing_at = now()`, [outcome]);
  });
}

/** Records the id of a result file. */
export function nameFile(database: Database, lease: BatchLease, file: ResultFile, fileId: string): Promise<BatchRow> {
  const column = file === 'output' ? 'output_file_id' : 'error_file_id';
  return writeFenced(database, lease, (transaction) => update(transaction, lease, `${column} = $2`, [fileId]));
}

/** Ends a sealed batch whose files are stored. Requests that were not run count as failed. */
export function endBatch(database: Database, lease: BatchLease): Promise<BatchRow> {
  return writeFenced(database, lease, async (transaction, { status, outcome }) => {
    await dropLines(transaction, lease);
    const end = status === 'cancelling' ? 'cancelled' : (outcome ?? 'completed');
    return update(
      transaction,
      lease,
      `status = $2, ${end}_at = now(), failed = coalesce(total, 0) - completed, lease_owner = NULL, lease_until = NULL`,
      [end],
    );
  });
}

async function dropLines(transaction: Queryable, lease: BatchLease): Promise<void> {
  await transaction.query('DELETE FROM conversations.batch_lines WHERE batch_id = $1', [lease.id]);
}

async function update(
  transaction: Queryable,
  lease: BatchLease,
  changes: string,
  parameters: Parameters<Queryable['query']>[1] & {},
): Promise<BatchRow> {
  const { rows } = await transaction.query<BatchRow>(
    `UPDATE conversations.batches SET ${changes} WHERE id = $1 RETURNING *`,
    [lease.id, ...parameters],
  );
  if (rows[0] === undefined) throw new KumikiError('not_found', { what: 'batch', id: lease.id });
  return rows[0];
}
