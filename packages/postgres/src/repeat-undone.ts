import { setTimeout as wait } from 'node:timers/promises';
import type { Database, Parameter } from './database.ts';
import { planRepeat } from './plan-repeat.ts';

/**
 * A database that repeats what it had to undo because of other transactions. A single statement is a transaction of its own,
 * so that it can be repeated too.
 */
export function repeatUndone(database: Database): Database {
  return {
    ...database,
    query: <Row>(sql: string, parameters?: readonly Parameter[]) => repeat(() => database.query<Row>(sql, parameters)),
    transaction: (work, limitMs) => repeat(() => database.transaction(work, limitMs)),
  };
}

async function repeat<Value>(run: () => Promise<Value>): Promise<Value> {
  const startedAt = performance.now();
  for (let runs = 1; ; runs++) {
    try {
      return await run();
    } catch (error) {
      const plan = planRepeat({ error, runs, elapsedMs: performance.now() - startedAt, random: Math.random() });
      if (plan.kind === 'give_up') throw plan.error;
      await wait(plan.afterMs);
    }
  }
}
