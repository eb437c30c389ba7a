import { KumikiError } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import type { Caller } from '@kumiki/service';
import { claimIdempotencyKey } from '../../idempotency/claim-key.ts';
import { newId } from '../../ids/new-id.ts';
import { requireRoom } from '../../usage/usage-rows.ts';
import type { CreateBatchBody } from './batch-body.ts';
import type { BatchRow } from './batch.ts';
import { batchLimits } from './limits.ts';

/** The channel that wakes the drivers. The payload is the id of a batch that was created or is to be cancelled. */
export const batchChannel = 'conversations_batches';

/** The caller, and the request's idempotency key. */
export interface BatchCaller extends Pick<Caller, 'keyId' | 'project' | 'limits'> {
  readonly idempotencyKey: string | string[] | undefined;
}

/** Creates a batch, or finds the one that an earlier identical request created. */
export async function createBatch(database: Database, caller: BatchCaller, body: CreateBatchBody): Promise<BatchRow> {
  const { keyId, project, idempotencyKey: key } = caller;
  const fresh = newId('batch');
  return database.transaction(async (transaction) => {
    const request = { project, route: 'POST /v1/batches', key, body };
    const id = await claimIdempotencyKey(transaction, request, fresh);
    if (id !== fresh) return readBatch(transaction, project, id);
    await requireRoom(transaction, caller, { open_batches: 1 });
    const { rows } = await transaction.query<BatchRow>(
      `INSERT INTO conversations.batches
         (id, project, key_id, endpoint, input_file_id, metadata, output_expires_after, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6::json, $7,
         now() + make_interval(hours => ${batchLimits.completionWindowHours}))
       RETURNING *`,
      [
        id,
        project,
        keyId,
        body.endpoint,
        body.input_file_id,
        body.metadata == null ? null : JSON.stringify(body.metadata),
        body.output_expires_after?.seconds ?? null,
      ],
    );
    await transaction.query('SELECT pg_notify($1, $2)', [batchChannel, id]);
    return first(rows, id);
  });
}

/** Throws `not_found` for a batch that does not exist or is another project's. */
export async function readBatch(database: Queryable, project: string, id: string): Promise<BatchRow> {
  const { rows } = await database.query<BatchRow>(
    'SELECT * FROM conversations.batches WHERE id = $1 AND project = $2',
    [id, project],
  );
  return first(rows, id);
}

/** A page of a project's batches, newest first, and whether more follow. */
export async function listBatches(
  database: Queryable,
  project: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly rows: readonly BatchRow[]; readonly hasMore: boolean }> {
  if (page.after !== undefined) await readBatch(database, project, page.after);
  const { rows } = await database.query<BatchRow>(
    `SELECT * FROM conversations.batches
     WHERE project = $1 AND ($2::text IS NULL
       OR sequence < (SELECT sequence FROM conversations.batches WHERE id = $2 AND project = $1))
     ORDER BY sequence DESC LIMIT $3`,
    [project, page.after ?? null, page.limit + 1],
  );
  return { rows: rows.slice(0, page.limit), hasMore: rows.length > page.limit };
}

/** Requests that a batch be cancelled. Idempotent. Throws `conflict` when it has already ended otherwise. */
export async function cancelBatch(database: Queryable, project: string, id: string): Promise<BatchRow> {
  const { rows } = await database.query<BatchRow>(
    `WITH asked AS (
       UPDATE conversations.batches SET status = 'cancelling', cancelling_at = now()
       WHERE id = $1 AND project = $2 AND status IN ('validating', 'in_progress', 'finalizing')
       RETURNING *)
     SELECT asked.*, pg_notify($3, id) FROM asked`,
    [id, project, batchChannel],
  );
  if (rows[0] !== undefined) return rows[0];
  const batch = await readBatch(database, project, id);
  if (batch.status === 'cancelling' || batch.status === 'cancelled') return batch;
  throw new KumikiError('conflict', { reason: `The batch is ${batch.status} and cannot be cancelled any more` });
}

function first(rows: readonly BatchRow[], id: string): BatchRow {
  const row = rows[0];
  if (row === undefined) throw new KumikiError('not_found', { what: 'batch', id });
  return row;
}
