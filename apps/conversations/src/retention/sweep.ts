import type { Database } from '@kumiki/postgres';
import type { Log } from '@kumiki/service';
import { endedBatchSeconds } from '../batches/rows/limits.ts';

/** Rows that one step of the sweep deletes. */
const sweepRows = 200;
/** Interval of sweeps. */
const sweepMs = 60_000;

/** When a batch ended, in the exact expression of the index. */
const ended = 'COALESCE(completed_at, failed_at, expired_at, cancelled_at)';

/** Queries for the ids of expired rows, at most $1 each. */
const expired = {
  responses: 'SELECT id FROM conversations.responses WHERE expires_at < now()',
  conversations: 'SELECT id FROM conversations.conversations WHERE expires_at < now()',
  batches: `SELECT id FROM conversations.batches
    WHERE status IN ('completed', 'failed', 'expired', 'cancelled')
      AND ${ended} < now() - ${endedBatchSeconds} * interval '1 second'
      AND ${ended} < now() - COALESCE(output_expires_after, 0) * interval '1 second'`,
} as const;

/** Deletes expired rows in small steps, so that no statement holds many locks. */
export async function sweepExpired(database: Database): Promise<number> {
  let swept = 0;
  for (const [table, ids] of Object.entries(expired)) {
    for (let count = sweepRows; count === sweepRows; swept += count) {
      ({ count } = await database.query(
        `DELETE FROM conversations.${table} WHERE id IN (${ids} LIMIT $1 FOR UPDATE SKIP LOCKED)`,
        [sweepRows],
      ));
    }
  }
  return swept;
}

/** Sweeps at intervals. */
export function startSweeper(database: Database, log: Log): { stop(): void } {
  let sweeping = false;
  const timer = setInterval(() => {
    if (sweeping) return;
    sweeping = true;
    sweepExpired(database)
      .then((swept) => {
        if (swept > 0) log.info({ swept }, 'expired data deleted');
      })
      .catch((error: unknown) => log.debug({ err: error }, 'nothing swept'))
      .finally(() => (sweeping = false));
  }, sweepMs);
  return { stop: () => clearInterval(timer) };
}
