import type { Database, Queryable } from '@kumiki/postgres';
import { countTerms } from '../chunks/remove-chunks.ts';

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
  readonly maxChunkTokens: number | null;
  readonly overlapTokens: number | null;
  readonly attempts: number;
  /** Claims in a row before this one that brought nothing and were not given back. */
  readonly lost: number;
}

/** Of the advisory lock under which one replica at a time chooses a file. */
const claimLock = 0x6b760100;

export interface ClaimWishes {
  readonly leaseMs: number;
  /** Whether a file may come whose last claim was lost. */
  readonly suspects: boolean;
}

/**
 * Takes the next file whose time has come and that nobody holds; null when there is none. Projects go round: first those
 * with the fewest files in work, then whoever had no turn for longest. The claim counts when it is made: what is dead
 * reports nothing.
 */
export function claimNext(database: Database, { leaseMs, suspects }: ClaimWishes): Promise<Claim | null> {
  return database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [claimLock]);
    const { rows } = await transaction.query<Claim>(
      // The recursion looks up each project once in the index, however many files it has there.
      `WITH RECURSIVE waiting (project) AS (
         (SELECT project FROM search.store_files WHERE status = 'in_progress' ORDER BY project LIMIT 1)
         UNION ALL
         SELECT (SELECT project FROM search.store_files WHERE status = 'in_progress' AND project > waiting.project
                 ORDER BY project LIMIT 1)
         FROM waiting WHERE waiting.project IS NOT NULL
       ), working AS (
         SELECT project, count(*) AS files FROM search.store_files
         WHERE status = 'in_progress' AND lease_until >= now() GROUP BY project
       ), next AS (
         SELECT ready.number FROM waiting
         CROSS JOIN LATERAL (
           SELECT place.number, place.not_before FROM search.store_files AS place
           WHERE place.project = waiting.project AND place.status = 'in_progress' AND place.removed_at IS NULL
             AND place.not_before <= now() AND (place.lease_until IS NULL OR place.lease_until < now())
             AND ($2 OR place.fruitless_claims = 0)
           ORDER BY place.not_before, place.number LIMIT 1
         ) AS ready
         LEFT JOIN working ON working.project = waiting.project
         LEFT JOIN search.ingest_turns AS turn ON turn.project = waiting.project
         ORDER BY coalesce(working.files, 0), turn.taken_at NULLS FIRST, ready.not_before, ready.number LIMIT 1
       ), claimed AS (
         UPDATE search.store_files SET fence = fence + 1, attempts = attempts + 1,
           fruitless_claims = fruitless_claims + 1, lease_until = now() + $1 * interval '1 millisecond'
         WHERE number = (SELECT number FROM next) AND status = 'in_progress' AND removed_at IS NULL
           AND (lease_until IS NULL OR lease_until < now()) RETURNING *
       ), turned AS (
         INSERT INTO search.ingest_turns (project, taken_at) SELECT project, clock_timestamp() FROM claimed
         ON CONFLICT (project) DO UPDATE SET taken_at = EXCLUDED.taken_at
       )
       SELECT claimed.number, claimed.fence, claimed.project, claimed.key_id AS "keyId",
         claimed.store_number AS store, store.embedding_model AS "storeModel", file.id AS "fileId", file.filename,
         file.bytes, claimed.max_chunk_tokens AS "maxChunkTokens",
         claimed.overlap_tokens AS "overlapTokens", claimed.attempts,
         greatest(claimed.fruitless_claims - 1, coalesce(file.poisonous_claims, 0)) AS lost
       FROM claimed JOIN search.files AS file ON file.number = claimed.file_number
       JOIN search.vector_stores AS store ON store.number = claimed.store_number`,
      [leaseMs, suspects],
    );
    return rows[0] ?? null;
  });
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
    `UPDATE search.store_files SET lease_until = NULL, attempts = greatest(attempts - 1, 0),
       fruitless_claims = greatest(fruitless_claims - 1, 0)
     WHERE number = $1 AND fence = $2 AND status = 'in_progress'`,
    [claim.number, claim.fence],
  );
}

/** Lets a file rest, and tells its owner why. Whoever says so is alive: the claim was not lost. */
export async function postpone(database: Queryable, claim: Claim, delayMs: number, reason: string): Promise<void> {
  await database.query(
    `UPDATE search.store_files SET lease_until = NULL, not_before = now() + $3 * interval '1 millisecond',
       fruitless_claims = 0, error_code = 'server_error', error_message = $4
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
      `UPDATE search.store_files SET status = 'completed', lease_until = NULL, fruitless_claims = 0, error_code = NULL,
         error_message = NULL, failure = NULL, chunks_total = $2, chunks_done = $2,
         usage_bytes = (SELECT coalesce(sum(octet_length(text) + 4 * dimensions), 0) FROM search.chunks WHERE store_file = $1)
       WHERE number = $1`,
      [claim.number, chunks],
    );
    return true;
  });
}
