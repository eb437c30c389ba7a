import type { Database, Queryable } from '@kumiki/postgres';
import { countTerms } from '../stores/remove-chunks.ts';

/**
 * The ingest queue: rows of `search.store_files` that are in progress. Whoever works on one holds a lease, by the
 * database's clock, and a fence: every write names it, so that one who was thought dead writes nothing afterwards.
 */

export const ingestChannel = 'kumiki_search_ingest';

export interface Claim {
  readonly number: number;
  readonly fence: number;
  readonly project: string;
  readonly keyId: string;
  readonly store: number;
  readonly storeModel: string | null;
  readonly fileId: string;
  readonly filename: string;
  readonly bytes: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly maxChunkTokens: number | null;
  readonly overlapTokens: number | null;
  readonly attempts: number;
}

/** Takes the next file whose time has come and that nobody holds; null when there is none. */
export async function claimNext(database: Database, leaseMs: number): Promise<Claim | null> {
  const { rows } = await database.query<Claim>(
    `WITH next AS (
       SELECT place.number FROM search.store_files AS place
       WHERE place.status = 'in_progress' AND place.removed_at IS NULL AND place.not_before <= now()
         AND (place.lease_until IS NULL OR place.lease_until < now())
       ORDER BY place.not_before LIMIT 1 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE search.store_files SET fence = fence + 1, attempts = attempts + 1,
         lease_until = now() + $1 * interval '1 millisecond'
       WHERE number = (SELECT number FROM next) RETURNING *
     )
     SELECT claimed.number, claimed.fence, claimed.project, claimed.key_id AS "keyId",
       claimed.store_number AS store, store.embedding_model AS "storeModel", file.id AS "fileId", file.filename,
       file.bytes, claimed.attributes, claimed.max_chunk_tokens AS "maxChunkTokens",
       claimed.overlap_tokens AS "overlapTokens", claimed.attempts
     FROM claimed JOIN search.files AS file ON file.number = claimed.file_number
     JOIN search.vector_stores AS store ON store.number = claimed.store_number`,
    [leaseMs],
  );
  return rows[0] ?? null;
}

/** Keeps the lease; false when it is lost. */
export async function renew(database: Queryable, claim: Claim, leaseMs: number): Promise<boolean> {
  const { count } = await database.query(
    `UPDATE search.store_files SET lease_until = now() + $3 * interval '1 millisecond'
     WHERE number = $1 AND fence = $2 AND status = 'in_progress'`,
    [claim.number, claim.fence, leaseMs],
  );
  return count > 0;
}

/** Gives a file back as it was found, for others to take at once. */
export async function giveBack(database: Queryable, claim: Claim): Promise<void> {
  await database.query(
    `UPDATE search.store_files SET lease_until = NULL, attempts = greatest(attempts - 1, 0)
     WHERE number = $1 AND fence = $2 AND status = 'in_progress'`,
    [claim.number, claim.fence],
  );
}

/** Lets a file rest, and tells its owner why. */
export async function postpone(database: Queryable, claim: Claim, delayMs: number, reason: string): Promise<void> {
  await database.query(
    `UPDATE search.store_files SET lease_until = NULL, not_before = now() + $3 * interval '1 millisecond',
       error_code = 'server_error', error_message = $4
     WHERE number = $1 AND fence = $2 AND status = 'in_progress'`,
    [claim.number, claim.fence, delayMs, reason],
  );
}

/** Locks the row for a transaction that writes; false when the claim does not hold any more. */
export async function hold(transaction: Queryable, claim: Claim): Promise<boolean> {
  const { count } = await transaction.query(
    `SELECT 1 FROM search.store_files WHERE number = $1 AND fence = $2 AND status = 'in_progress' FOR UPDATE`,
    [claim.number, claim.fence],
  );
  return count > 0;
}

/** Ends a file well: what an earlier attempt left beyond its end goes, the counts come, all at once. */
export function complete(database: Database, claim: Claim, chunks: number): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await hold(transaction, claim))) return false;
    await transaction.query('DELETE FROM search.chunks WHERE store_file = $1 AND position >= $2', [
      claim.number,
      chunks,
    ]);
    await countTerms(transaction, claim.store, claim.number, 1);
    await transaction.query(
      `UPDATE search.store_files SET status = 'completed', lease_until = NULL, error_code = NULL, error_message = NULL,
         chunks_total = $2, chunks_done = $2,
         usage_bytes = (SELECT coalesce(sum(octet_length(text) + 4 * dimensions), 0) FROM search.chunks WHERE store_file = $1)
       WHERE number = $1`,
      [claim.number, chunks],
    );
    return true;
  });
}
