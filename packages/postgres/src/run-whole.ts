import type { Queryable } from './database.ts';

/**
 * Runs the statements of a transaction. After one that was refused, PostgreSQL answers COMMIT with a rollback and without
 * an error: work that goes on as if nothing had been is refused here, or its caller would believe in rows that are not there.
 */
export async function runWhole<Value>(
  query: Queryable['query'],
  work: (transaction: Queryable) => Promise<Value>,
): Promise<Value> {
  const refusals: unknown[] = [];
  const value = await work({
    async query<Row>(...statement: Parameters<Queryable['query']>) {
      try {
        return await query<Row>(...statement);
      } catch (error) {
        refusals.push(error);
        throw error;
      }
    },
  });
  if (refusals.length > 0) throw refusals[0];
  return value;
}
