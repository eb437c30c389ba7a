import type { Database } from '@kumiki/postgres';
import type { Log } from '@kumiki/service';
import { endedBatchSeconds } from '../batches/rows/limits.ts';

/** Rows that one step of the sweep deletes. */
const sweepRows = 200;
/** Interval of sweeps. */
const sweepMs = 60_000;

/** When a batch ended, in the exact expression of the index. */
const ended = 'COALESCE(completed_at, failed_at, expired_at, cancelled_at)';

/** Conditions on expired rows. */
const expired = {
  responses: 'expires_at < now()',
  conversations: 'expires_at < now()',
  batches: `status IN ('completed', 'failed', 'expired', 'cancelled')
      AND ${ended} < now() - ${endedBatchSeconds} * interval '1 second'
      AND ${ended} < now() - COALESCE(output_expires_after, 0) * interval '1 second'`,
} as const;

/**
 * Deletes expired rows in small steps, each of one project: a statement over several projects would lock their counts in
 * no fixed order, and the sweeps of two replicas could wait for each other.
 */
export async function sweepExpired(database: Database): Promise<number> {
  let swept = 0;
  for (const [table, isExpired] of Object.entries(expired)) {
    for (let count = 1; count > 0; swept += count) {
      ({ count } = await database.query(
        `DELETE FROM conversations.${table} WHERE id IN (SELECT id FROM conversations.${table} WHERE ${isExpired}
           AND project = (SELECT project FROM conversations.${table} WHERE ${isExpired} LIMIT 1)
           LIMIT $1 FOR UPDATE SKIP LOCKED)`,
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
