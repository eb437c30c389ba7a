import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import type { Database, Queryable } from './database.ts';
import { openDatabase } from './open-database.ts';
import { repeatLimits } from './plan-repeat.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from './testing/index.ts';

const skip = whyNoPostgres() ?? false;

let server: TestPostgres;
let database: Database;
before(async () => {
  if (skip !== false) return;
  server = await startPostgres();
  database = openDatabase({ url: server.url, applicationName: 'test', maxConnections: 8 });
  await database.query('CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)');
});
after(async () => {
  await database?.close();
  await server?.stop();
});

const refuse = (sqlState: string) => `DO $$ BEGIN RAISE EXCEPTION 'undone' USING ERRCODE = '${sqlState}'; END $$`;
const add = (id: number) => `UPDATE counters SET value = value + 1 WHERE id = ${id}`;

async function valuesOf(...ids: readonly number[]): Promise<number[]> {
  const { rows } = await database.query<{ value: number }>(
    'SELECT value FROM counters WHERE id = ANY($1::int[]) ORDER BY id',
    [ids],
  );
  return rows.map(({ value }) => value);
}

test('two transactions that lock each other out both happen, each once', { skip }, async () => {
  await database.query('INSERT INTO counters VALUES (1, 0), (2, 0)');
  let holding = 0;
  let runs = 0;
  const both = (first: number, second: number) =>
    database.transaction(async (transaction) => {
      runs++;
      await transaction.query("SET LOCAL deadlock_timeout = '20ms'");
      await transaction.query(add(first));
      holding++;
      // Each has its first row before either asks for the second one.
      await until('both transactions hold a row', 10_000, () => holding >= 2);
      await transaction.query(add(second));
    });
  await Promise.all([both(1, 2), both(2, 1)]);
  assert.deepEqual(await valuesOf(1, 2), [2, 2]);
  assert.ok(runs > 2, 'one of them was run again');
});

test('transactions that a serial order forbids are run again until all have happened', { skip }, async () => {
  await database.query('INSERT INTO counters VALUES (3, 0)');
  const increment = () =>
    database.transaction(async (transaction) => {
      await transaction.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
      const { rows } = await transaction.query<{ value: number }>('SELECT value FROM counters WHERE id = 3');
      await transaction.query('UPDATE counters SET value = $1 WHERE id = 3', [(rows[0]?.value ?? 0) + 1]);
    });
  await Promise.all([increment(), increment()]);
  assert.deepEqual(await valuesOf(3), [2]);
});

for (const sqlState of ['40001', '40P01']) {
  test(
    `what is undone by ${sqlState} again and again is refused with 503, and nothing of it stays`,
    { skip },
    async () => {
      await database.query('INSERT INTO counters VALUES (4, 0) ON CONFLICT (id) DO UPDATE SET value = 0');
      let runs = 0;
      const undone = async (transaction: Queryable) => {
        runs++;
        await transaction.query(add(4));
        await transaction.query(refuse(sqlState));
      };
      const expected = { code: 'service_unavailable', status: 503, retryAfterMs: 1_000 };
      await assert.rejects(database.transaction(undone), expected);
      assert.equal(runs, repeatLimits.runs);
      assert.deepEqual(await valuesOf(4), [0]);
      await assert.rejects(database.query(refuse(sqlState)), expected);
    },
  );
}

test('a statement that takes too long is refused with 503 and not run again', { skip }, async () => {
  let runs = 0;
  const slow = database.transaction((transaction) => {
    runs++;
    return transaction.query('SELECT pg_sleep(60)');
  }, 20);
  await assert.rejects(slow, { code: 'service_unavailable', retryAfterMs: 1_000 });
  assert.equal(runs, 1);
});
