import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { type ClaimedFile, complete, giveBack, ingestLeases, postpone } from './queue.ts';

let database: Database;
before(async () => {
  database = openDatabase({ folder: null });
  await migrate(database, 'search', fileURLToPath(new URL('../../migrations', import.meta.url)));
});
after(() => database.close());
beforeEach(async () => {
  for (const table of ['store_files', 'files', 'vector_stores', 'ingest_turns']) {
    await database.query(`DELETE FROM search.${table}`);
  }
});

/** Adds waiting files of a project. */
async function queue(project: string, files: number): Promise<void> {
  await database.query(
    `WITH store AS (INSERT INTO search.vector_stores (id, project) VALUES ('vs_' || $1, $1) RETURNING number),
     file AS (INSERT INTO search.files (id, project, filename, purpose, bytes, sha256)
       SELECT 'file-' || $1 || n, $1, 'a.txt', 'assistants', 1, '' FROM generate_series(1, $2) AS n RETURNING number)
     INSERT INTO search.store_files (project, store_number, file_number, key_id)
     SELECT $1, store.number, file.number, 'key' FROM store, file`,
    [project, files],
  );
}

const claimed = async (suspects: number): Promise<ClaimedFile | null> => {
  const holder = { owner: 'test', leaseMs: 60_000 };
  const [one] = await ingestLeases.claim(database, holder, { rows: 1, own: [], suspects });
  return one ?? null;
};

const claim = async (suspects = 1) => {
  const one = await claimed(suspects);
  return one === null ? null : { ...one.row, lost: one.lost };
};

test('a thousand files of one project delay the only one of another by none', async () => {
  await queue('many', 1_000);
  const first = await claim();
  assert.equal(first?.project, 'many');
  await queue('single', 1);
  await queue('other', 2);
  const next = [await claim(), await claim(), await claim(), await claim()];
  // Projects without a held file come first, then the one that has waited longest.
  assert.deepEqual(
    next.map((found) => found?.project),
    ['single', 'other', 'many', 'other'],
  );
});

test('projects without a held file take turns, in any order of queueing', async () => {
  await queue('a', 5);
  await queue('b', 5);
  await queue('c', 5);
  const order: string[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const found = await claim();
    assert.ok(found !== null);
    order.push(found.project);
    assert.ok(await complete(database, found, 0));
  }
  for (const turn of [0, 3, 6]) assert.deepEqual(order.slice(turn, turn + 3).toSorted(), ['a', 'b', 'c']);
});

test('a claim counts when it is made, not when it is given back or answered, and suspects wait for their turn', async () => {
  await queue('a', 1);
  const expire = () => database.query(`UPDATE search.store_files SET lease_until = now() - interval '1 second'`);
  const first = await claim();
  assert.equal(first?.lost, 0);
  await expire();
  assert.equal(await claim(0), null);
  assert.equal((await claim())?.lost, 1);
  await expire();
  assert.equal((await claim())?.lost, 2);
  await expire();
  const again = await claim();
  assert.equal(again?.lost, 3);
  assert.ok(again !== null);
  await giveBack(database, again);
  const last = await claim();
  assert.equal(last?.lost, 3);
  assert.ok(last !== null);
  await postpone(database, last, 0, 'busy');
  assert.equal((await claim(0))?.lost, 0);
});
