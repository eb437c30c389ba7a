import type { Database } from '@kumiki/postgres';
import type { Log } from '@kumiki/service';
import { sweepMs, sweepRows } from './limits.ts';

const tables = ['responses', 'conversations'] as const;

/** Deletes what has expired, a few rows at a time, so that no statement holds many locks. */
export async function sweepExpired(database: Database): Promise<number> {
  let swept = 0;
  for (const table of tables) {
    for (let count = sweepRows; count === sweepRows; swept += count) {
      ({ count } = await database.query(
        `DELETE FROM conversations.${table} WHERE id IN (
           SELECT id FROM conversations.${table} WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)`,
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
