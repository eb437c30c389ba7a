import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Database, type DatabaseError, isUniqueViolation } from './database.ts';
import { openDatabase } from './open-database.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from './testing/index.ts';

/** Behaviour that both kinds of database share. */
for (const kind of ['server', 'embedded'] as const) {
  const skip = kind === 'server' ? (whyNoPostgres() ?? false) : false;
  describe(`the ${kind} database`, { skip }, () => {
    let server: TestPostgres | null = null;
    let database: Database;
    before(async () => {
      if (kind === 'server') server = await startPostgres();
      database = openDatabase(server === null ? { folder: null } : { url: server.url, applicationName: 'test' });
      await database.query('CREATE TABLE things (id bigint PRIMARY KEY, name text NOT NULL)');
    });
    after(async () => {
      await database.close();
      await server?.stop();
    });

    const count = async (): Promise<unknown> =>
      (await database.query('SELECT count(*) AS n FROM things')).rows[0]?.['n'];

    test('values come back as they were given', async () => {
      const bytes = new Uint8Array([0, 1, 255]).subarray(1);
      const time = new Date('2026-01-02T03:04:05.678Z');
      const { rows } = await database.query(
        `SELECT $1::bigint AS big, $2::bytea AS bytes, $3::jsonb AS json, $4::text[] AS texts, $5::timestamptz AS time,
           $6::boolean AS flag, $7::text AS nothing, $8::float8 AS real`,
        [2 ** 40, bytes, JSON.stringify({ a: ['\u{1f980}'] }), ['x', 'y"z', ''], time, true, null, 0.1],
      );
      const { bytes: found, ...others } = rows[0] as { bytes: Uint8Array };
      assert.deepEqual([...found], [1, 255]);
      assert.deepEqual(others, {
        big: 2 ** 40,
        json: { a: ['\u{1f980}'] },
        texts: ['x', 'y"z', ''],
        time,
        flag: true,
        nothing: null,
        real: 0.1,
      });
    });

    test('a refused statement tells its SQLSTATE and constraint', async () => {
      await database.query("INSERT INTO things VALUES (1, 'one')");
      const again = await database.query("INSERT INTO things VALUES (1, 'two')").catch((error: unknown) => error);
      assert.ok(isUniqueViolation(again));
      assert.equal((again as DatabaseError).constraint, 'things_pkey');
      await assert.rejects(database.query('SELEKT'), { name: 'DatabaseError', sqlState: '42601' });
      assert.equal((await database.query("UPDATE things SET name = 'uno' WHERE id = 1")).count, 1);
    });

    test('a transaction counts whole or not at all', async () => {
      const before = await count();
      const failing = database.transaction(async (transaction) => {
        await transaction.query("INSERT INTO things VALUES (10, 'ten')");
        throw new Error('no');
      });
      await assert.rejects(failing, /no/);
      assert.equal(await count(), before);
      const value = await database.transaction(async (transaction) => {
        await transaction.query("INSERT INTO things VALUES (10, 'ten'), (11, 'eleven')");
        return 'done';
      });
      assert.equal(value, 'done');
      assert.equal(await count(), Number(before) + 2);
    });

    test('work that overlooks a refused statement does not count as committed', async () => {
      const before = await count();
      const careless = database.transaction(async (transaction) => {
        await transaction.query("INSERT INTO things VALUES (20, 'twenty')");
        await transaction.query('SELECT 1 / 0').catch(() => {});
      });
      await assert.rejects(careless, { sqlState: '22012' });
      assert.equal(await count(), before);
    });

    test('listeners hear what is notified until they stop', async () => {
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
      await database.query("SELECT pg_notify('news', 'first'), pg_notify('other', 'x')");
      await reached(2);
      assert.deepEqual(heard, [null, 'first']);
      await stop();
      await database.query("SELECT pg_notify('news', 'second')");
      assert.deepEqual(heard, [null, 'first']);
    });

    test('a parameter that cannot be sent fails alone', async () => {
      const odd = (() => {}) as unknown as string;
      await database.query('SELECT $1::text', [odd]).catch(() => {});
      assert.deepEqual((await database.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
    });
  });
}
