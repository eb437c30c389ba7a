import type { Database, Queryable } from '@kumiki/postgres';
import type { BatchRow, BatchStatus } from './batch.ts';

/** The right to drive a batch, for as long as nobody has raised its fence. */
export interface BatchLease {
  readonly id: string;
  readonly fence: number;
}

/** Another replica drives the batch now; whoever gets this stops and writes nothing more. */
export class LeaseLostError extends Error {
  constructor(id: string) {
    super(`the lease of ${id} is lost`);
    this.name = 'LeaseLostError';
  }
}

/**
 * Claims the oldest batch of the project that has the fewest driven, wherever those are. Times are the database's: the
 * clocks of replicas may differ.
 * @param mostOfProject driven batches, beyond which a project gets no more.
 */
export async function claimBatch(
  database: Database,
  owner: string,
  leaseMs: number,
  mostOfProject: number,
): Promise<BatchRow | null> {
  const { rows } = await database.query<BatchRow>(
    `WITH driven AS (
       SELECT project, count(*) AS batches FROM conversations.batches
       WHERE status IN ('validating', 'in_progress', 'finalizing', 'cancelling') AND lease_until >= clock_timestamp()
         AND lease_owner IS NOT NULL
       GROUP BY project)
     UPDATE conversations.batches
     SET lease_owner = $1, lease_until = clock_timestamp() + $2 * interval '1 millisecond', fence = fence + 1,
       claims = CASE status WHEN 'validating' THEN claims + 1 ELSE 0 END
     WHERE id = (
       SELECT b.id FROM conversations.batches AS b LEFT JOIN driven USING (project)
       WHERE b.status IN ('validating', 'in_progress', 'finalizing', 'cancelling')
         AND (b.lease_until IS NULL OR b.lease_until < clock_timestamp()) AND COALESCE(driven.batches, 0) < $3
       ORDER BY COALESCE(driven.batches, 0), b.sequence LIMIT 1 FOR UPDATE OF b SKIP LOCKED)
     RETURNING *`,
    [owner, leaseMs, mostOfProject],
  );
  return rows[0] ?? null;
}

export interface Renewal {
  readonly status: BatchStatus;
  /** Whether its completion window is over. */
  readonly expired: boolean;
}

/** Prolongs a lease. Throws LeaseLostError when it is another's. */
export async function renewLease(database: Queryable, lease: BatchLease, leaseMs: number): Promise<Renewal> {
  const { rows } = await database.query<Renewal>(
    `UPDATE conversations.batches SET lease_until = clock_timestamp() + $3 * interval '1 millisecond'
     WHERE id = $1 AND fence = $2
     RETURNING status, expires_at <= clock_timestamp() AS expired`,
    [lease.id, lease.fence, leaseMs],
  );
  if (rows[0] === undefined) throw new LeaseLostError(lease.id);
  return rows[0];
}

/** Lets any replica take the batch after `afterMs`. */
export async function releaseLease(database: Queryable, lease: BatchLease, afterMs: number): Promise<void> {
  await database.query(
    `UPDATE conversations.batches
     SET lease_owner = NULL, lease_until = clock_timestamp() + $3 * interval '1 millisecond',
       claims = greatest(claims - 1, 0)
     WHERE id = $1 AND fence = $2`,
    [lease.id, lease.fence, afterMs],
  );
}

/**
 * A process that is paused in the middle of a write holds the lock of its batch's row, and no other could take the batch
 * over: after so long the server ends its connection.
 */
const idleInWriteMs = 5_000;

/** Writes under a lease: everything in one transaction, which nobody can take the batch over in the middle of. */
export function writeFenced<Value>(
  database: Database,
  lease: BatchLease,
  write: (transaction: Queryable, batch: BatchRow) => Promise<Value>,
): Promise<Value> {
  return database.transaction(async (transaction) => {
    const { rows } = await transaction.query<BatchRow>(
      `SELECT *, set_config('idle_in_transaction_session_timeout', $3, true)
       FROM conversations.batches WHERE id = $1 AND fence = $2 FOR UPDATE`,
      [lease.id, lease.fence, String(idleInWriteMs)],
    );
    if (rows[0] === undefined) throw new LeaseLostError(lease.id);
    return write(transaction, rows[0]);
  });
}
