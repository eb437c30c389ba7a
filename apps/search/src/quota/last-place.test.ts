import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { defaultProjectLimits, KumikiError } from '@kumiki/api';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { insertStore } from '../stores/store-rows.ts';
import { migrationsFolder } from '../testing/test-database.ts';
import { usageOf } from './project-usage.ts';
import { reserveUpload } from './upload-room.ts';

/** Requests of one moment at two replicas, for which there is less room than they need: as many pass as may. */

const skip = whyNoPostgres() ?? false;
const requests = 50;
const rounds = 5;
const room = 7;

let server: TestPostgres;
const databases: Database[] = [];
before(async () => {
  if (skip !== false) return;
  server = await startPostgres();
  for (const applicationName of ['one', 'two']) databases.push(openDatabase({ url: server.url, applicationName }));
  await migrate(databaseOf(0), 'search', migrationsFolder);
});
after(async () => {
  if (skip !== false) return;
  await Promise.all(databases.map((database) => database.close()));
  await server.stop();
});

function databaseOf(index: number): Database {
  const database = databases[index % databases.length];
  assert.ok(database !== undefined);
  return database;
}

/** @returns how many passed; the others are refused by the quota. */
async function passed(add: (database: Database, index: number) => Promise<unknown>): Promise<number> {
  const added = await Promise.allSettled(Array.from({ length: requests }, (_, index) => add(databaseOf(index), index)));
  for (const one of added) {
    if (one.status === 'fulfilled') continue;
    assert.ok(one.reason instanceof KumikiError, String(one.reason));
    assert.equal(one.reason.code, 'quota_exceeded');
  }
  return added.filter(({ status }) => status === 'fulfilled').length;
}

test(`of ${requests} vector stores made at once as many are made as there may be`, { skip }, async () => {
  const limits = { ...defaultProjectLimits, vector_stores: room };
  const empty = { name: null, description: null, metadata: {}, model: null, expiresAfterDays: null };
  for (let round = 0; round < rounds; round++) {
    const project = `stores-${round}`;
    const add = (database: Database, index: number): Promise<void> =>
      insertStore(database, { ...empty, id: `vs_${round}_${index}`, project }, limits);
    assert.equal(await passed(add), room, `round ${round}`);
    assert.equal((await usageOf(databaseOf(0), project)).vector_stores, room);
  }
});

test(`of ${requests} uploads begun at once as many begin as there are bytes for`, { skip }, async () => {
  const bytes = 1_000_000;
  const limits = { ...defaultProjectLimits, file_bytes: bytes * room };
  for (let round = 0; round < rounds; round++) {
    const project = `uploads-${round}`;
    const add = (database: Database, index: number): Promise<unknown> =>
      reserveUpload(database, { id: `file-${round}-${index}`, project, limits }, bytes);
    assert.equal(await passed(add), room, `round ${round}`);
    assert.equal((await usageOf(databaseOf(0), project)).files, room);
  }
});
