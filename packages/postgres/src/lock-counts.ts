import type { Queryable } from './database.ts';

/**
 * A process that is paused in a transaction keeps the lock of its project's row, and no work of the project could end. The
 * server closes such a connection after this time.
 */
const idleInTransactionMs = 5_000;

/**
 * SQL that locks the row of a project in a table of counts until the transaction ends, and returns its current values. A
 * missing row is made.
 * @param table has `project text PRIMARY KEY`, and counts that have defaults.
 * @param project a parameter such as `$1`.
 */
export function countsLock(table: string, project: string): string {
  return `INSERT INTO ${table} AS known (project) VALUES (${project})
    ON CONFLICT (project) DO UPDATE SET project = known.project RETURNING known.*`;
}

/**
 * Locks the counts of a project until the transaction ends: transactions that add to the project run one after the other, so
 * a check against the counts stays true until its transaction commits. Triggers that maintain the counts lock the row at
 * the end of their transactions. To prevent deadlocks, take this lock after every other lock that the transaction may wait for.
 */
export async function lockCounts<Counts>(transaction: Queryable, table: string, project: string): Promise<Counts> {
  const { rows } = await transaction.query<Counts>(
    `${countsLock(table, '$1')}, set_config('idle_in_transaction_session_timeout', $2, true)`,
    [project, String(idleInTransactionMs)],
  );
  const [counts] = rows;
  if (counts === undefined) throw new Error(`${table} gave no row`);
  return counts;
}
