import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import pg from 'pg';
import { type Database, DatabaseError } from './database.ts';
import { openServer } from './open-server.ts';
import { serveEmbedded } from './serve-embedded.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-wire-'));
const served = serveEmbedded(join(folder, 'data'));
const server = createServer((socket) => served.accept(socket));
const url = `postgres://kumiki@${encodeURIComponent(folder)}/kumiki`;
const opened: Database[] = [];

function open(applicationName: string): Database {
  const database = openServer({ url, applicationName });
  opened.push(database);
  return database;
}

before(async () => {
  server.listen(join(folder, '.s.PGSQL.5432'));
  await Promise.all([once(server, 'listening'), served.opened]);
  await open('test').query('CREATE EXTENSION IF NOT EXISTS vector');
  await open('test').query('CREATE TABLE items (id int PRIMARY KEY, text text, at timestamptz DEFAULT now())');
});

after(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await served.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('values of every type come back as they come from a server', async () => {
  const database = open('types');
  const { rows } = await database.query(
    `SELECT $1::text AS text, $2::bigint AS big, $3::bytea AS bytes, $4::jsonb AS json, $5::text[] AS list, NULL AS none,
            true AS yes, '2026-01-01T00:00:00Z'::timestamptz AS at, '[1,2]'::vector AS vector`,
    ['木', 9_007_199_254_740_991, randomBytes(3).fill(7), '{"a":[1]}', ['x', 'y']],
  );
  assert.deepEqual(rows[0], {
    text: '木',
    big: 9_007_199_254_740_991,
    bytes: Buffer.from([7, 7, 7]),
    json: { a: [1] },
    list: ['x', 'y'],
    none: null,
    yes: true,
    at: new Date('2026-01-01T00:00:00Z'),
    vector: '[1,2]',
  });
});

test('what is refused leaves the session and all others as they were', async () => {
  const database = open('refused');
  await assert.rejects(
    database.query('SELECT * FROM nowhere'),
    (error) => error instanceof DatabaseError && error.sqlState === '42P01',
  );
  await assert.rejects(
    database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO items (id, text) VALUES (1, 'gone')");
      await transaction.query('SELECT 1/0');
    }),
    (error) => error instanceof DatabaseError && error.sqlState === '22012',
  );
  assert.equal((await database.query('SELECT id FROM items WHERE id = 1')).count, 0);
});

test('transactions of several clients at once each count as a whole', async () => {
  const clients = ['a', 'b', 'c'].map(open);
  await clients[0]?.query("INSERT INTO items (id, text) VALUES (10, '0')");
  const raise = (database: Database): Promise<void> =>
    database.transaction(async (transaction) => {
      const { rows } = await transaction.query<{ text: string }>('SELECT text FROM items WHERE id = 10');
      await transaction.query('UPDATE items SET text = $1 WHERE id = 10', [String(Number(rows[0]?.text) + 1)]);
    });
  await Promise.all(Array.from({ length: 60 }, (_, number) => raise(clients[number % 3] as Database)));
  const { rows } = await open('look').query<{ text: string }>('SELECT text FROM items WHERE id = 10');
  assert.equal(rows[0]?.text, '60');
});

test('notifications reach those who listen, in other clients too', async () => {
  const heard: (string | null)[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const unlisten = await open('listener').listen('bell', (payload) => {
    heard.push(payload);
    if (payload === 'second') resolve();
  });
  await untilTrue(() => heard.length === 1);
  const speaker = open('speaker');
  await speaker.query("SELECT pg_notify('bell', $1)", ['first']);
  await speaker.query("SELECT pg_notify('other', 'not for it')");
  await speaker.transaction((transaction) => transaction.query("SELECT pg_notify('bell', $1)", ['second']));
  await promise;
  assert.deepEqual(heard, [null, 'first', 'second']);
  await unlisten();
});

test('a client that goes within a transaction leaves nothing of it, and keeps nobody waiting', async () => {
  const leaver = new pg.Client({ connectionString: url });
  await leaver.connect();
  await leaver.query('BEGIN');
  await leaver.query("INSERT INTO items (id, text) VALUES (20, 'gone')");
  leaver.on('error', () => {});
  (leaver as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  const { count } = await open('after the leaver').query('SELECT 1 FROM items WHERE id = 20');
  assert.equal(count, 0);
});

test('a transaction that stands still while others wait is given up, and one for which nobody waits is not', async () => {
  const slow = new pg.Client({ connectionString: url });
  slow.on('error', () => {});
  await slow.connect();
  await slow.query('BEGIN');
  await slow.query("INSERT INTO items (id, text) VALUES (30, 'gone')");
  const other = open('other');
  assert.equal((await other.query('SELECT 1 FROM items WHERE id = 30')).count, 0);
  await assert.rejects(slow.query('COMMIT'));
  const patient = open('patient');
  await patient.transaction(async (transaction) => {
    await transaction.query("INSERT INTO items (id, text) VALUES (31, 'stays')");
    await new Promise((resolve) => setTimeout(resolve, 1_200));
  });
  assert.equal((await other.query('SELECT 1 FROM items WHERE id = 31')).count, 1);
});

test('large parameters and large results pass whole', async () => {
  const database = open('large');
  const text = 'x'.repeat(3_000_000);
  const { rows } = await database.query<{ length: number; again: string }>(
    'SELECT length($1) AS length, $1 || $1 AS again',
    [text],
  );
  assert.deepEqual([rows[0]?.length, rows[0]?.again.length], [text.length, 2 * text.length]);
});

test('what is no PostgreSQL is sent away, and so is one client too many', async () => {
  const garbage = connect(join(folder, '.s.PGSQL.5432'));
  garbage.write('GET / HTTP/1.1\r\n\r\n');
  const [said] = (await once(garbage, 'data')) as [Buffer];
  assert.match(said.toString('latin1'), /FATAL.*08P01.*no start of PostgreSQL/);
  const clients = Array.from({ length: 140 }, () => new pg.Client({ connectionString: url }));
  for (const client of clients) client.on('error', () => {});
  const outcomes = await Promise.allSettled(clients.map((client) => client.connect()));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  assert.ok(refused.length > 0 && refused.length < 60, String(refused.length));
  await Promise.all(clients.map((client) => client.end().catch(() => {})));
  assert.equal((await open('afterwards').query('SELECT 1')).count, 1);
});

test('a database that has ended is unavailable, as a server that is away is', async () => {
  const own = mkdtempSync(join(tmpdir(), 'kumiki-wire-end-'));
  const other = serveEmbedded(null);
  const listener = createServer((socket) => other.accept(socket)).listen(join(own, '.s.PGSQL.5432'));
  await other.opened;
  const database = openServer({
    url: `postgres://kumiki@${encodeURIComponent(own)}/kumiki`,
    applicationName: 'ended',
  });
  assert.equal((await database.query('SELECT 1')).count, 1);
  await other.close();
  listener.close();
  await assert.rejects(
    database.query('SELECT 1'),
    (error) => error instanceof KumikiError && error.code === 'service_unavailable',
  );
  await database.close();
  rmSync(own, { recursive: true, force: true });
});

async function untilTrue(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < limit, 'not in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
