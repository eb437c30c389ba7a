import type { Database } from '@kumiki/postgres';
import { type Claimed, createLeases, leaseClock, leaseEnd, LeaseLostError } from '@kumiki/postgres/leased';
import { countTerms } from '../chunks/remove-chunks.ts';

/** The ingest queue: rows of `search.store_files` that are in progress, each held by one process at a time. */

export const ingestChannel = 'kumiki_search_ingest';

interface ClaimRow {
  /** Number of the file in its store, and the id of its lease. */
  readonly id: number;
  readonly number: number;
  readonly fence: number;
  readonly project: string;
  readonly keyId: string;
  readonly store: number;
  readonly storeModel: string | null;
  readonly fileId: string;
  readonly filename: string;
  readonly bytes: number;
  readonly maxChunkTokens: number | null;
  readonly overlapTokens: number | null;
  /** Attempts at the file, this one included. */
  readonly attempts: number;
}

/** A claimed file, which is also its lease. */
export type Claim = ClaimRow;
export type ClaimedFile = Claimed<ClaimRow>;

/** The leases of ingest. A file that was poisonous in one store is so in all. */
export const ingestLeases = createLeases<ClaimRow, object>({
  name: 'search.store_files',
  key: { column: 'number', type: 'bigint' },
  open: `work.status = 'in_progress'`,
  claimable: `work.removed_at IS NULL AND work.not_before <= ${leaseClock}`,
  order: ['not_before', 'number'],
  lost: 'greatest(work.claims - 1, coalesce(file.poisonous_claims, 0))',
  turns: 'search.ingest_turns',
  onClaim: 'attempts = work.attempts + 1',
  columns: `work.number AS id, work.number, work.fence, work.project, work.key_id AS "keyId", work.store_number AS store,
    store.embedding_model AS "storeModel", file.id AS "fileId", file.filename, file.bytes,
    work.max_chunk_tokens AS "maxChunkTokens", work.overlap_tokens AS "overlapTokens", work.attempts`,
  joins: `JOIN search.files AS file ON file.number = work.file_number
    JOIN search.vector_stores AS store ON store.number = work.store_number`,
  renewed: 'work.number',
  notice: { channel: ingestChannel, payload: '' },
});

/** Releases a file unchanged, so that others can claim it at once. */
export function giveBack(database: Database, claim: Claim): Promise<void> {
  return ingestLeases.release(database, [claim], { also: 'attempts = greatest(work.attempts - 1, 0)' });
}

/**
 * Releases a file with a delay, and records the reason for its owner. The process is alive, so no claim is counted as
 * lost.
 */
export async function postpone(database: Database, claim: Claim, delayMs: number, reason: string): Promise<void> {
  try {
    await ingestLeases.fenced(database, claim, async (transaction) => {
      await transaction.query(
        `UPDATE search.store_files SET not_before = ${leaseEnd('$2')}, error_code = 'server_error', error_message = $3
         WHERE number = $1`,
        [claim.number, delayMs, reason],
      );
      await ingestLeases.release(transaction, [claim], { afterMs: delayMs, forgive: true });
    });
  } catch (error) {
    if (!(error instanceof LeaseLostError)) throw error;
  }
}

/** Completes a file in one transaction: deletes chunks of an earlier attempt beyond its end, and updates the counts. */
export function complete(database: Database, claim: Claim, chunks: number): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if ((await ingestLeases.hold(transaction, claim)) === null) return false;
    await transaction.query('DELETE FROM search.chunks WHERE store_file = $1 AND position >= $2', [
      claim.number,
      chunks,
    ]);
    await countTerms(transaction, claim.store, claim.number, 1);
    await transaction.query(
      `UPDATE search.store_files SET status = 'completed', lease_owner = NULL, lease_until = NULL, claims = 0, error_code = NULL,
         error_message = NULL, failure = NULL, chunks_total = $2, chunks_done = $2,
         usage_bytes = (SELECT coalesce(sum(octet_length(text) + 4 * dimensions), 0) FROM search.chunks WHERE store_file = $1)
       WHERE number = $1`,
      [claim.number, chunks],
    );
    return true;
  });
}
