import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDatabase } from './open-database.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from './testing/index.ts';

const skip = whyNoPostgres() ?? false;

let server: TestPostgres;
before(async () => {
  if (skip === false) server = await startPostgres();
});
after(() => server?.stop());

const unavailable = { code: 'service_unavailable', retryAfterMs: 1_000 };
const open = (maxConnections: number) => openDatabase({ url: server.url, applicationName: 'test', maxConnections });

test('a server that is not there is told at the first query, as unavailable', async () => {
  const database = openDatabase({ url: 'postgres://kumiki@127.0.0.1:1/kumiki', applicationName: 'test' });
  await assert.rejects(database.query('SELECT 1'), unavailable);
  await assert.rejects(
    database.transaction(async () => {}),
    unavailable,
  );
  await database.close();
});

test('a connection that breaks inside a transaction is not used again, and no other is lost', { skip }, async () => {
  const database = open(1);
  for (let round = 0; round < 3; round++) {
    const broken = database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await assert.rejects(broken, unavailable);
  }
  assert.deepEqual((await database.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await database.close();
});

test('a statement that is refused costs no connection', { skip }, async () => {
  const database = open(1);
  const session = async (): Promise<unknown> => (await database.query('SELECT pg_backend_pid() AS pid')).rows[0];
  const before = await session();
  await assert.rejects(database.query('SELECT 1 / 0'), { sqlState: '22012' });
  await assert.rejects(
    database.transaction((transaction) => transaction.query('SELECT 1 / 0')),
    { sqlState: '22012' },
  );
  assert.deepEqual(await session(), before);
  await database.close();
});

test('a transaction may bring a limit of its own for its statements', { skip }, async () => {
  const database = open(1);
  const limitNow = 'SELECT current_setting($1) AS allowed';
  const before = await database.query(limitNow, ['statement_timeout']);
  const inside = await database.transaction((transaction) => transaction.query(limitNow, ['statement_timeout']), 7_000);
  assert.deepEqual(inside.rows, [{ allowed: '7s' }]);
  const slow = database.transaction((transaction) => transaction.query('SELECT pg_sleep(60)'), 20);
  await assert.rejects(slow, unavailable);
  assert.deepEqual((await database.query(limitNow, ['statement_timeout'])).rows, before.rows);
  await database.close();
});

test('more work than connections waits its turn', { skip }, async () => {
  const database = open(2);
  const found = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      database.transaction(async (transaction) => {
        const { rows } = await transaction.query<{ n: number }>('SELECT $1::int AS n', [index]);
        return rows[0]?.n;
      }),
    ),
  );
  assert.deepEqual(
    found,
    Array.from({ length: 50 }, (_, index) => index),
  );
  await database.close();
});

test(
  'a listener listens again after the server was restarted, and is told that it may have missed some',
  { skip },
  async () => {
    const database = open(2);
    const heard: (string | null)[] = [];
    let wake = (): void => {};
    const stop = await database.listen('news', (payload) => {
      heard.push(payload);
      wake();
    });
    const reached = async (length: number): Promise<void> => {
      while (heard.length < length) await new Promise<void>((resolve) => (wake = resolve));
    };
    await reached(1);
    await server.halt();
    await server.start();
    await reached(2);
    await database.query("SELECT pg_notify('news', 'after')");
    await reached(3);
    assert.deepEqual(heard, [null, null, 'after']);
    await stop();
    await database.close();
  },
);
