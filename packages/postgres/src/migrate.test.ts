import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open-database.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from './testing/index.ts';

const skip = whyNoPostgres() ?? false;
const folder = mkdtempSync(join(tmpdir(), 'kumiki-migrations-'));

let server: TestPostgres;
before(async () => {
  if (skip === false) server = await startPostgres();
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function onFreshDatabase(name: string, work: (replicas: readonly Database[]) => Promise<void>): Promise<void> {
  const url = await server.createDatabase(name);
  const replicas = Array.from({ length: 4 }, () => openDatabase({ url, applicationName: name }));
  try {
    await work(replicas);
  } finally {
    await Promise.all(replicas.map((database) => database.close()));
  }
}

test('replicas that start together run each migration once', { skip }, async () => {
  writeFileSync(join(folder, '0001-first.sql'), '-- A comment; with a semicolon.\nCREATE TABLE runs (n int);\n');
  writeFileSync(join(folder, '0002-second.sql'), 'INSERT INTO runs VALUES (1);\nINSERT INTO runs VALUES (2);\n');
  await onFreshDatabase('together', async (replicas) => {
    await Promise.all(replicas.map((database) => migrate(database, 'test', folder)));
    const { rows } = await (replicas[0] as Database).query('SELECT n FROM runs ORDER BY n');
    assert.deepEqual(rows, [{ n: 1 }, { n: 2 }]);
  });
});

test('a migration that fails leaves nothing, and one that was changed after it ran is refused', { skip }, async () => {
  await onFreshDatabase('failing', async ([database]) => {
    assert.ok(database);
    await migrate(database, 'test', folder);
    const third = join(folder, '0003-third.sql');
    writeFileSync(third, 'CREATE TABLE half (n int);\nSELECT 1 / 0;\n');
    await assert.rejects(migrate(database, 'test', folder), { sqlState: '22012' });
    await assert.rejects(database.query('SELECT * FROM half'), { sqlState: '42P01' });
    writeFileSync(third, 'CREATE TABLE half (n int);\n');
    await migrate(database, 'test', folder);
    writeFileSync(third, 'CREATE TABLE other (n int);\n');
    await assert.rejects(migrate(database, 'test', folder), /0003-third\.sql of test was changed/);
  });
});
