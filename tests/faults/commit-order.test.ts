import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Database, type DatabaseLocation, openDatabase } from '@kumiki/postgres';
import { startPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { seededRandom } from '@kumiki/testing';

/**
 * Another instance reads every write that an instance acknowledged before it was killed, and no write without the
 * acknowledged one that came before it. So acknowledgements come in the order of commits.
 */

const root = mkdtempSync(join(tmpdir(), 'kumiki-commit-order-'));
after(() => rmSync(root, { recursive: true, force: true }));

const seed = 20_261_128;
const rounds = 3;
const writers = 8;
/** Writes that an instance acknowledges before it is killed, at least and at most. */
const acknowledged = { least: 20, most: 120 };

const source = JSON.stringify(new URL('../../packages/postgres/src/open-database.ts', import.meta.url).href);

/**
 * An instance in which several write at once, alone and in transactions of two statements. Each row names a row that was
 * acknowledged when its write began, and each acknowledged row is a line of standard output.
 */
const instance = (location: DatabaseLocation, first: number): string => `
  const { openDatabase } = await import(${source});
  const { writeSync } = await import('node:fs');
  const database = openDatabase(${JSON.stringify(location)});
  let next = ${first};
  let last = 0;
  const insert = (on, n, cause) => on.query('INSERT INTO writes (n, cause) VALUES ($1, $2)', [n, cause]);
  const write = async (alone) => {
    for (;;) {
      const n = ++next;
      const cause = last;
      if (alone) await insert(database, n, cause);
      else await database.transaction(async (transaction) => {
        await insert(transaction, n, cause);
        await transaction.query('UPDATE newest SET n = greatest(n, $1)', [n]);
      });
      writeSync(1, n + '\\n');
      last = n;
    }
  };
  await Promise.all(Array.from({ length: ${writers} }, (_, index) => write(index % 2 === 0)));`;

/** Runs an instance until it has acknowledged `count` writes, and kills it. @returns the acknowledged writes. */
async function writeUntilKilled(location: DatabaseLocation, first: number, count: number): Promise<number[]> {
  const script = join(root, 'instance.mjs');
  writeFileSync(script, instance(location, first));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString();
    if (text.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const told = text.split('\n').slice(0, -1).map(Number);
  assert.ok(told.length >= count, `${told.length} writes were acknowledged`);
  return told;
}

async function prepare(location: DatabaseLocation): Promise<void> {
  const database = openDatabase(location);
  await database.query('CREATE TABLE writes (n bigint PRIMARY KEY, cause bigint NOT NULL)');
  await database.query('CREATE TABLE newest (n bigint NOT NULL)');
  await database.query('INSERT INTO newest VALUES (0)');
  await database.close();
}

async function check(database: Database, told: readonly number[]): Promise<void> {
  const { rows } = await database.query<{ n: number; cause: number }>('SELECT n, cause FROM writes');
  const there = new Set([0, ...rows.map(({ n }) => n)]);
  const lost = told.filter((n) => !there.has(n));
  assert.deepEqual(lost, [], 'acknowledged and not there');
  const orphans = rows.filter(({ cause }) => !there.has(cause));
  assert.deepEqual(orphans, [], 'there without what came before');
  const { rows: newest } = await database.query<{ n: number }>('SELECT n FROM newest');
  assert.ok(there.has(newest[0]?.n ?? -1), 'a transaction is there as a whole');
}

/** @param interrupt what else happens between one instance and the next. */
async function killAgainAndAgain(location: DatabaseLocation, interrupt: () => Promise<void>): Promise<void> {
  const random = seededRandom(seed);
  const told: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const count = acknowledged.least + Math.floor(random() * (acknowledged.most - acknowledged.least));
    told.push(...(await writeUntilKilled(location, round * 1_000_000, count)));
    await interrupt();
    const database = openDatabase(location);
    await check(database, told);
    await database.close();
  }
}

test('the embedded database has what it acknowledged, in the order of commits, after kill -9', async () => {
  const location = { folder: join(root, 'data') };
  await prepare(location);
  await killAgainAndAgain(location, async () => {});
});

test(
  'PostgreSQL has what it acknowledged, in the order of commits, after kill -9 of the writer and of the server',
  { skip: whyNoPostgres() ?? false },
  async () => {
    const server = await startPostgres();
    try {
      const location = { url: server.url, applicationName: 'commit-order' };
      await prepare(location);
      await killAgainAndAgain(location, async () => {
        await server.kill();
        await server.start();
      });
    } finally {
      await server.stop();
    }
  },
);
