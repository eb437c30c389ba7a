import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openDatabase } from './open-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-embedded-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A process with eight concurrent writers that prints each committed row. */
const writer = (begin: number): string => `
  const { openDatabase } = await import(${JSON.stringify(new URL('./open-database.ts', import.meta.url).href)});
  const database = openDatabase({ folder: ${JSON.stringify(join(folder, 'data'))} });
  await database.query('CREATE TABLE IF NOT EXISTS rows (n int PRIMARY KEY)');
  let n = ${begin};
  const write = async () => {
    for (;;) {
      const mine = ++n;
      await database.transaction((transaction) => transaction.query('INSERT INTO rows VALUES ($1)', [mine]));
      process.stdout.write(mine + '\\n');
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));`;

test('a process that is killed, again and again, loses no row that it had acknowledged', async () => {
  const told: number[] = [];
  for (const limit of [30, 47, 90]) {
    const script = join(folder, 'writer.mjs');
    writeFileSync(script, writer(1_000 * limit));
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const before = told.length;
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.split('\n').length > limit) child.kill('SIGKILL');
    });
    await once(child, 'close');
    told.push(...text.split('\n').slice(0, -1).map(Number));
    assert.ok(told.length >= before + limit);
  }
  const database = openDatabase({ folder: join(folder, 'data') });
  const { rows } = await database.query<{ n: number }>('SELECT n FROM rows');
  await database.close();
  const found = new Set(rows.map(({ n }) => n));
  assert.deepEqual(
    told.filter((n) => !found.has(n)),
    [],
  );
});

test('statements and transactions run one after the other, in the order of their coming, and end with close', async () => {
  const database = openDatabase({ folder: null });
  const order: string[] = [];
  const noting = (name: string) => () => void order.push(name);
  const first = database
    .transaction(async (transaction) => {
      await transaction.query('SELECT 1');
      await transaction.query('SELECT 2');
    })
    .then(noting('transaction'));
  const second = database.query('SELECT 3').then(noting('query'));
  await Promise.all([first, second]);
  assert.deepEqual(order, ['transaction', 'query']);
  await database.close();
  await assert.rejects(database.query('SELECT 4'), { code: 'service_unavailable' });
});

test('a process that is killed while it makes the folder leaves a part of one, and the next one makes it whole', async () => {
  const data = join(folder, 'interrupted');
  const module = JSON.stringify(new URL('./open-database.ts', import.meta.url).href);
  const script = join(folder, 'opener.mjs');
  writeFileSync(script, `(await import(${module})).openDatabase({ folder: ${JSON.stringify(data)} });`);
  const child = spawn(process.execPath, [script], { stdio: 'inherit' });
  const exit = once(child, 'exit');
  while (!existsSync(join(data, 'half')) && child.exitCode === null) await setImmediate();
  child.kill('SIGKILL');
  await exit;
  assert.deepEqual(readdirSync(data), ['half']);
  const database = openDatabase({ folder: data });
  assert.deepEqual((await database.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await database.close();
  assert.ok(!existsSync(join(data, 'half')) && existsSync(join(data, 'PG_VERSION')));
});

test('a database that is whole is moved to its place by the next process when the first is killed while it does', async () => {
  const data = join(folder, 'moving');
  const first = openDatabase({ folder: data });
  await first.query('CREATE TABLE kept AS SELECT 7 AS n');
  await first.close();
  // The state after a kill in the middle: some files have moved, the deciding one has not.
  mkdirSync(join(data, 'whole'));
  for (const name of ['base', 'global', 'PG_VERSION']) renameSync(join(data, name), join(data, 'whole', name));
  writeFileSync(join(data, 'lock.db'), '');
  const second = openDatabase({ folder: data });
  assert.deepEqual((await second.query('SELECT n FROM kept')).rows, [{ n: 7 }]);
  await second.close();
  assert.ok(!existsSync(join(data, 'whole')));
});

test('a folder that holds something else is left as it is, with the reason', async () => {
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'letter.txt'), 'Dear Sir');
  const database = openDatabase({ folder: other });
  await assert.rejects(database.query('SELECT 1'), (error: Error) => {
    assert.match((error.cause as Error).message, /other cannot be opened: it holds something else than a database/);
    return true;
  });
  await database.close();
  assert.deepEqual(readdirSync(other), ['letter.txt']);
});

test('a database whose thread dies is opened again with all that was committed, and refuses meanwhile', async () => {
  const { openEmbedded } = await import('./open-embedded.ts');
  const database = openEmbedded({ folder: join(folder, 'reopened'), statementLimitMs: 2_000 });
  await database.query('CREATE TABLE kept (n int PRIMARY KEY)');
  await database.query('INSERT INTO kept VALUES (1)');
  const heard: (string | null)[] = [];
  await database.listen('news', (payload) => void heard.push(payload));
  const endless = 'SELECT count(*) FROM generate_series(1, 100000000000)';
  const transaction = database.transaction(async (own) => {
    await own.query('INSERT INTO kept VALUES (2)');
    await own.query(endless);
  });
  await assert.rejects(transaction, (error: Error & { sqlState?: string }) => {
    assert.equal(error.sqlState, '57014');
    assert.match(error.message, /longer than 2000 ms/);
    return true;
  });
  await assert.rejects(database.query('SELECT 1'), { code: 'service_unavailable' });
  const end = performance.now() + 60_000;
  for (;;) {
    const rows = await database.query<{ n: number }>('SELECT n FROM kept').then(
      (result) => result.rows,
      () => null,
    );
    if (rows === null && performance.now() < end) {
      await setImmediate();
      continue;
    }
    assert.deepEqual(rows, [{ n: 1 }]);
    break;
  }
  await database.query("SELECT pg_notify('news', 'again')");
  while (heard.at(-1) !== 'again' && performance.now() < end) await setImmediate();
  assert.deepEqual(heard, [null, null, 'again']);
  await database.close();
});

test('a result that is larger than any may be is refused, and the next statement is answered', async () => {
  const database = openDatabase({ folder: null });
  const large = "SELECT repeat('x', 30000000) AS text, repeat('y', 30000000) AS more FROM generate_series(1, 3)";
  await assert.rejects(database.query(large), { sqlState: '54000' });
  assert.deepEqual((await database.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await database.close();
});

test('a parameter with U+0000 is refused as the sender’s mistake, whatever the database', async () => {
  const database = openDatabase({ folder: null });
  for (const parameter of ['a\0b', ['a', '\0']]) {
    await assert.rejects(database.query('SELECT $1', [parameter]), { code: 'invalid_value' });
  }
  await database.close();
});
