import type { Queryable } from './database.ts';

/**
 * Runs the statements of a transaction. After a failed statement, PostgreSQL answers COMMIT with a rollback and without
 * an error. This throws when `work` swallows such a failure, since its caller would believe that the rows were
 * committed.
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
