import type { Database, Queryable } from '@kumiki/postgres';
import { createLeases, type Lease, leaseClock } from '@kumiki/postgres/leased';
import { batchChannel } from './batch-store.ts';
import type { BatchRow, BatchStatus } from './batch.ts';

/** The right to drive a batch. */
export type BatchLease = Lease<string>;

export interface Renewal {
  readonly status: BatchStatus;
  /** Whether its completion window has passed. */
  readonly expired: boolean;
}

/**
 * The leases of batches. Claims are counted until the input file has been read; after that each line counts its own
 * (`lines/line-rows.ts`).
 */
export const batchLeases = createLeases<BatchRow, Renewal>({
  name: 'conversations.batches',
  key: { column: 'id', type: 'text' },
  open: `work.status IN ('validating', 'in_progress', 'finalizing', 'cancelling')`,
  order: ['sequence'],
  counted: `work.status = 'validating'`,
  columns: 'work.*',
  renewed: `work.status, work.expires_at <= ${leaseClock} AS expired`,
  notice: { channel: batchChannel, payload: '' },
});

/**
 * Writes under a lease in one transaction. Throws LeaseLostError when another replica drives the batch, or when it has
 * ended.
 */
export function writeFenced<Value>(
  database: Database,
  lease: BatchLease,
  write: (transaction: Queryable, batch: BatchRow) => Promise<Value>,
): Promise<Value> {
  return batchLeases.fenced(database, lease, (transaction, row) => write(transaction, row as unknown as BatchRow));
}
