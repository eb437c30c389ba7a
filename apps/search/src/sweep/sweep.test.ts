import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { openDatabase } from '@kumiki/postgres';
import { startPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { until } from '@kumiki/testing';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

const waitMs = 120_000;
const sweepEveryMs = 50;

interface Swept extends AsyncDisposable {
  readonly service: TestSearch;
  /** Ids of the stored objects. */
  objects(): Promise<readonly string[]>;
  /** Creates an orphaned object of that age. */
  leaveObject(id: string, ageSeconds: number): Promise<void>;
}

/** With the embedded database and objects in a folder. */
async function startEmbedded(): Promise<Swept> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-swept-'));
  const service = await startTestSearch({ sweepEveryMs, objectsFolder: folder });
  return {
    service,
    objects: async () => readdirSync(folder),
    async leaveObject(id, ageSeconds) {
      writeFileSync(join(folder, id), 'bytes');
      const then = Date.now() / 1_000 - ageSeconds;
      utimesSync(join(folder, id), then, then);
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With a real server and objects in rows. */
async function startOnServer(): Promise<Swept> {
  const postgres = await startPostgres();
  const database = openDatabase({ url: postgres.url, applicationName: 'test' });
  const service = await startTestSearch({ sweepEveryMs, database, objectsFolder: null });
  return {
    service,
    async objects() {
      const { rows } = await database.query<{ id: string }>('SELECT id FROM search.objects');
      return rows.map(({ id }) => id);
    },
    async leaveObject(id, ageSeconds) {
      await database.query(
        "INSERT INTO search.objects (id, created_at) VALUES ($1, now() - $2 * interval '1 second')",
        [id, ageSeconds],
      );
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await database.close();
      await postgres.stop();
    },
  };
}

const cases = [
  { kind: 'on the embedded database', start: startEmbedded, skip: false },
  { kind: 'on a server', start: startOnServer, skip: whyNoPostgres() ?? false },
] as const;

for (const { kind, start, skip } of cases) {
  suite(kind, { skip }, () => {
    let swept: Swept;
    let service: TestSearch;
    before(async () => {
      swept = await start();
      ({ service } = swept);
    });
    after(() => swept[Symbol.asyncDispose]());
    // A function, since `swept` is set later.
    expiryOfFiles(() => swept);
    expiryOfStores(() => service);
    interruptedRemovals(() => swept);
  });
}

/** @param expiry fields of the upload that let it expire. */
async function upload(service: TestSearch, text: string, expiry: Record<string, string> = {}): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([text]), 'file.txt');
  form.append('purpose', 'assistants');
  for (const [name, value] of Object.entries(expiry)) form.append(name, value);
  const { status, body } = await service.call('POST', '/v1/files', { form });
  assert.equal(status, 200, JSON.stringify(body));
  return body.id as string;
}

const inAnHour = { 'expires_after[anchor]': 'created_at', 'expires_after[seconds]': '3600' };

async function makeStore(service: TestSearch, files: readonly string[], days?: number): Promise<string> {
  const expiry = days === undefined ? {} : { expires_after: { anchor: 'last_active_at', days } };
  const { body } = await service.call('POST', '/v1/vector_stores', { body: { file_ids: files, ...expiry } });
  await until('the files are in the store', waitMs, async () => {
    const { body: store } = await service.call('GET', `/v1/vector_stores/${body.id}`);
    assert.equal(store.file_counts.failed, 0);
    return store.file_counts.completed === files.length;
  });
  return body.id as string;
}

async function find(service: TestSearch, store: string, query: string): Promise<string[]> {
  const { status, body } = await service.call('POST', `/v1/vector_stores/${store}/search`, { body: { query } });
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map(({ file_id }: { file_id: string }) => file_id);
}

async function count(
  service: TestSearch,
  table: string,
  condition: string,
  ...values: (string | string[])[]
): Promise<number> {
  const { rows } = await service.database.query<{ count: number }>(
    `SELECT count(*) FROM search.${table} WHERE ${condition}`,
    values,
  );
  return rows[0]?.count ?? 0;
}

const inStore = 'store_number = (SELECT number FROM search.vector_stores WHERE id = $1)';

/** Makes a row older by the given seconds. */
async function age(service: TestSearch, table: 'files' | 'vector_stores', id: string, seconds: number): Promise<void> {
  const column = table === 'files' ? 'expires_at' : 'last_active_at';
  await service.database.query(
    `UPDATE search.${table} SET ${column} = ${column} - $2 * interval '1 second' WHERE id = $1`,
    [id, seconds],
  );
}

function expiryOfFiles(open: () => Swept): void {
  test('a file that has expired goes with its bytes and out of every store, and no other does', async () => {
    const { service, objects } = open();
    const [short, long] = [
      await upload(service, 'The pear is green.', inAnHour),
      await upload(service, 'Plums are blue.'),
    ];
    const store = await makeStore(service, [short, long]);
    assert.deepEqual((await find(service, store, 'pear')).at(0), short);
    await age(service, 'files', short, 3_600);
    assert.equal((await service.call('GET', `/v1/files/${short}`)).status, 404, 'nobody waits for the sweeper');
    await until('its row is gone', waitMs, async () => (await count(service, 'files', 'id = $1', short)) === 0);
    const left = await objects();
    assert.deepEqual([left.includes(short), left.includes(long)], [false, true]);
    assert.deepEqual(await find(service, store, 'pear'), [long]);
    const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
    assert.deepEqual([body.status, body.file_counts.total], ['completed', 1]);
    assert.equal(await count(service, 'chunks', inStore, store), 1);
    assert.equal(await count(service, 'term_counts', `${inStore} AND term = 'pear'`, store), 0);
    assert.equal((await service.call('GET', `/v1/files/${long}/content`)).body, 'Plums are blue.');
  });

  test('a file that has not expired yet stays', async () => {
    const { service, objects } = open();
    const [soon, now] = [await upload(service, 'soon', inAnHour), await upload(service, 'now', inAnHour)];
    await age(service, 'files', soon, 3_500);
    await age(service, 'files', now, 3_600);
    await until('the other is gone', waitMs, async () => !(await objects()).includes(now));
    assert.equal((await service.call('GET', `/v1/files/${soon}`)).status, 200);
    assert.ok((await objects()).includes(soon));
  });

  test('more files than one sweep takes all go', async () => {
    const { service, objects } = open();
    const ids: string[] = [];
    for (let at = 0; at < 105; at++) ids.push(await upload(service, `file ${at}`, inAnHour));
    await service.database.query('UPDATE search.files SET expires_at = now() WHERE id = ANY($1::text[])', [ids]);
    await until('all are gone', waitMs, async () => {
      const left = new Set(await objects());
      return !ids.some((id) => left.has(id)) && (await count(service, 'files', 'id = ANY($1::text[])', ids)) === 0;
    });
  });
}

function expiryOfStores(open: () => TestSearch): void {
  test('a store that nobody has used stays as one that says so, empty; its files and other stores are left alone', async () => {
    const service = open();
    const file = await upload(service, 'The quince is yellow.');
    const [idle, used] = [await makeStore(service, [file], 2), await makeStore(service, [file], 2)];
    await age(service, 'vector_stores', used, 86_400);
    await age(service, 'vector_stores', idle, 2 * 86_400);
    await until('it is empty', waitMs, async () => {
      const left = [];
      for (const table of ['store_files', 'chunks', 'term_counts'])
        left.push(await count(service, table, inStore, idle));
      return left.every((rows) => rows === 0);
    });
    const { body } = await service.call('GET', `/v1/vector_stores/${idle}`);
    assert.deepEqual([body.status, body.file_counts.total, body.usage_bytes], ['expired', 0, 0]);
    const { status } = await service.call('POST', `/v1/vector_stores/${idle}/search`, { body: { query: 'quince' } });
    assert.equal(status, 409);
    assert.deepEqual(await find(service, used, 'quince'), [file]);
    assert.equal((await service.call('GET', `/v1/files/${file}/content`)).body, 'The quince is yellow.');
  });

  test('a search puts the expiry of a store off', async () => {
    const service = open();
    const file = await upload(service, 'The medlar is brown.');
    const store = await makeStore(service, [file], 2);
    await age(service, 'vector_stores', store, 86_400);
    const before = (await service.call('GET', `/v1/vector_stores/${store}`)).body.expires_at as number;
    await find(service, store, 'medlar');
    await until('it is later', waitMs, async () => {
      const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
      return body.expires_at >= before + 86_400;
    });
  });
}

function interruptedRemovals(open: () => Swept): void {
  test('removals that were interrupted are ended', async () => {
    const { service, objects } = open();
    const [file, taken, kept] = [
      await upload(service, 'one apple'),
      await upload(service, 'two apples'),
      await upload(service, 'three apples'),
    ];
    const [store, emptied] = [await makeStore(service, [file, taken, kept]), await makeStore(service, [kept])];
    const { database } = service;
    await database.query('UPDATE search.vector_stores SET deleted_at = now() WHERE id = $1', [emptied]);
    await database.query(
      `UPDATE search.store_files SET removed_at = now()
       WHERE ${inStore} AND file_number = (SELECT number FROM search.files WHERE id = $2)`,
      [store, taken],
    );
    await database.query('UPDATE search.files SET deleted_at = now() WHERE id = $1', [file]);
    await until('all of it is gone', waitMs, async () => {
      const stores = await count(service, 'vector_stores', 'id = $1', emptied);
      const places = await count(service, 'store_files', inStore, store);
      return stores === 0 && places === 1 && !(await objects()).includes(file);
    });
    assert.equal(await count(service, 'chunks', inStore, store), 1);
    assert.deepEqual(await find(service, store, 'apples'), [kept]);
    assert.ok((await objects()).includes(taken), 'out of the store is not deleted');
  });

  test('bytes that no file has are removed when no upload can still need them', async () => {
    const { leaveObject, objects } = open();
    await leaveObject('file-young', 3_600);
    await leaveObject('file-old', 90_000);
    await until('the old ones are gone', waitMs, async () => !(await objects()).includes('file-old'));
    assert.ok((await objects()).includes('file-young'));
  });
}
