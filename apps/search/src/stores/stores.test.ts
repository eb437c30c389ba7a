import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { until } from '@kumiki/testing';
import { createFolderObjects } from '../objects/folder-objects.ts';
import { sweep } from '../sweep/sweep.ts';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

let service: TestSearch;
before(async () => {
  service = await startTestSearch();
});
after(() => service[Symbol.asyncDispose]());

const patienceMs = 120_000;

async function createStore(body: object = {}): Promise<string> {
  const reply = await service.call('POST', '/v1/vector_stores', { body });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return reply.body.id as string;
}

async function settled(store: string, file: string) {
  let body: Awaited<ReturnType<TestSearch['call']>>['body'];
  await until('the file is ingested', patienceMs, async () => {
    ({ body } = await service.call('GET', `/v1/vector_stores/${store}/files/${file}`));
    return body.status !== 'in_progress';
  });
  return body;
}

test('a store is created, changed, listed and deleted, and invisible to other projects', async () => {
  const id = await createStore({
    name: 'shop',
    metadata: { team: 'a' },
    expires_after: { anchor: 'last_active_at', days: 3 },
  });
  const { body } = await service.call('GET', `/v1/vector_stores/${id}`);
  assert.match(id, /^vs_/);
  assert.equal(body.object, 'vector_store');
  assert.equal(body.status, 'completed');
  assert.equal(body.expires_at, body.last_active_at + 3 * 86_400);
  assert.deepEqual(body.file_counts, { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 });
  const changed = await service.call('POST', `/v1/vector_stores/${id}`, { body: { name: null, metadata: { b: 'c' } } });
  assert.equal(changed.body.name, null);
  assert.deepEqual(changed.body.metadata, { b: 'c' });
  assert.equal(changed.body.expires_after.days, 3);
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    const options = { project: 'two', ...(method === 'POST' ? { body: {} } : {}) };
    assert.equal((await service.call(method, `/v1/vector_stores/${id}`, options)).status, 404);
  }
  assert.equal((await service.call('DELETE', `/v1/vector_stores/${id}`)).body.object, 'vector_store.deleted');
  assert.equal((await service.call('GET', `/v1/vector_stores/${id}`)).status, 404);
});

test('a file is parsed, embedded and counted, and shows what was read of it', async () => {
  const store = await createStore();
  const file = await service.upload('guide.md', '# Setup\n\nTurn the red valve slowly.\n\n# Use\n\nPress the button.');
  const added = await service.call('POST', `/v1/vector_stores/${store}/files`, {
    body: { file_id: file, attributes: { lang: 'en', year: 2026, draft: false } },
  });
  assert.equal(added.body.status, 'in_progress');
  assert.equal(added.headers.get('openai-poll-after-ms'), '250');
  const done = await settled(store, file);
  assert.equal(done.status, 'completed', JSON.stringify(done.last_error));
  assert.ok(done.usage_bytes > 0);
  const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
  assert.equal(body.file_counts.completed, 1);
  assert.equal(body.usage_bytes, done.usage_bytes);
  assert.deepEqual(body.kumiki, { embedding_model: 'words', dimensions: 64 });
  const content = await service.call('GET', `/v1/vector_stores/${store}/files/${file}/content`);
  assert.equal(content.body.object, 'vector_store.file_content.page');
  assert.match(content.body.data.map(({ text }: { text: string }) => text).join('\n'), /red valve[^]*button/);
  assert.match(content.body.data[0].kumiki.chunk_id, /^chunk_\d+$/);
  assert.equal(content.body.data[0].kumiki.heading, 'Setup');
  assert.equal(done.kumiki.filename, 'guide.md');
});

test('equal texts of a project are embedded once, in every store and after every addition', async () => {
  const text = 'The quince ripens in October and smells of honey.';
  const [first, second] = [await createStore(), await createStore()];
  const [one, two] = [await service.upload('a.txt', text), await service.upload('b.txt', text)];
  for (const [store, file] of [
    [first, one],
    [first, two],
    [second, one],
    [first, one],
  ] as const) {
    await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
    assert.equal((await settled(store, file)).status, 'completed');
  }
  assert.equal(service.model.texts.filter((asked) => asked.includes('quince')).length, 1);
  const { rows } = await service.database.query<{ chunks: number; counted: number }>(
    `SELECT chunk_count AS counted, (SELECT count(*) FROM search.chunks WHERE store_number = number) AS chunks
     FROM search.vector_stores WHERE id = $1`,
    [first],
  );
  assert.deepEqual(rows, [{ chunks: 2, counted: 2 }]);
});

test('a model that is busy is asked again, one that refuses for good ends the file, and adding it again retries', async () => {
  const store = await createStore();
  const file = await service.upload('c.txt', 'Salmon swim upstream.');
  service.model.failures.push(new KumikiError('queue_full', { model: 'words', limit: 1, retryAfter: '1s' }));
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  const done = await settled(store, file);
  assert.equal(done.status, 'completed');
  assert.equal(done.last_error, null);
  assert.equal(done.kumiki.attempts, 2);

  const other = await service.upload('d.txt', 'Trout stay in the lake.');
  service.model.failures.push(new KumikiError('permission_denied', { action: 'use this model', remedy: '' }));
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: other } });
  const failed = await settled(store, other);
  assert.equal(failed.status, 'failed');
  assert.equal(failed.last_error.code, 'server_error');
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: other } });
  assert.equal((await settled(store, other)).status, 'completed');
});

test('chunks shrink until they fit the model', async () => {
  const store = await createStore();
  const file = await service.upload('long.txt', 'The mill turns with the wind of the sea. '.repeat(300));
  service.model.contextTokens = 150;
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  assert.equal((await settled(store, file)).status, 'completed');
  service.model.contextTokens = 100_000;
});

test('a file that cannot be read fails alone and says so', async () => {
  const store = await createStore();
  const file = await service.upload('broken.pdf', '%PDF-1.7 and nothing else');
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  const failed = await settled(store, file);
  assert.equal(failed.status, 'failed');
  assert.match(failed.last_error.code, /^(invalid|unsupported)_file$/);
});

test('a batch is counted, listed and cancelled, and what was cancelled leaves nothing', async () => {
  const store = await createStore();
  const gate = Promise.withResolvers<void>();
  service.model.gate = gate.promise;
  const ids = [];
  for (let index = 0; index < 6; index++)
    ids.push(await service.upload(`${index}.txt`, `Page ${index} of the almanac.`));
  const path = `/v1/vector_stores/${store}/file_batches`;
  const { body: batch } = await service.call('POST', path, { body: { file_ids: ids, attributes: { set: 'x' } } });
  assert.equal(batch.object, 'vector_store.files_batch');
  assert.equal(batch.file_counts.in_progress, 6);
  const cancelled = await service.call('POST', `${path}/${batch.id}/cancel`);
  assert.equal(cancelled.body.status, 'cancelled');
  assert.equal(cancelled.body.file_counts.cancelled, 6);
  gate.resolve();
  service.model.gate = Promise.resolve();
  const again = await service.call('POST', path, { body: { files: ids.map((file_id) => ({ file_id })) } });
  await until('the batch is done', patienceMs, async () => {
    const { body } = await service.call('GET', `${path}/${again.body.id}`);
    return body.status === 'completed' && body.file_counts.completed === 6;
  });
  const listed = await service.call('GET', `${path}/${again.body.id}/files?limit=4&order=asc`);
  assert.equal(listed.body.data.length, 4);
  assert.equal(listed.body.has_more, true);
  const foreign = await service.call('POST', path, { body: { file_ids: [await service.upload('z', 'z', 'two')] } });
  assert.equal(foreign.status, 404);
});

test('deleting a file takes it out of its stores and their counts', async () => {
  const store = await createStore();
  const file = await service.upload('e.txt', 'Nobody will remember the walrus.');
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  await settled(store, file);
  await service.call('DELETE', `/v1/files/${file}`);
  const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
  assert.equal(body.file_counts.total, 0);
  assert.equal(body.usage_bytes, 0);
  const { rows } = await service.database.query(
    `SELECT 1 FROM search.chunks WHERE text LIKE '%walrus%'
     UNION ALL SELECT 1 FROM search.term_counts WHERE term LIKE '%walru%'`,
  );
  assert.deepEqual(rows, []);
});

test('a store has a limited number of files, and one more is refused whole', async () => {
  const store = await createStore();
  const file = await service.upload('one-more.txt', 'One more file.');
  await service.database.query(
    `WITH filed AS (INSERT INTO search.files (id, project, filename, purpose, bytes, sha256)
       SELECT 'file-filler' || n, 'filler', 'a', 'assistants', 1, '' FROM generate_series(1, 10000) AS n RETURNING number)
     INSERT INTO search.store_files (project, store_number, file_number, key_id, status)
     SELECT 'filler', store.number, filed.number, 'key', 'completed'
     FROM filed, search.vector_stores AS store WHERE store.id = $1`,
    [store],
  );
  const reply = await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  assert.equal(reply.status, 400);
  assert.match(reply.body.error.message, /may have 10000 files; with these 1 it would have 10001/);
  const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
  assert.equal(body.file_counts.total, 10_000);
});

test('attributes are few bytes, since each chunk has them too', async () => {
  const store = await createStore();
  const file = await service.upload('attributes.txt', 'Attributes.');
  const attributes = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`key${at}`, 'あ'.repeat(512)]));
  const reply = await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file, attributes } });
  assert.equal(reply.status, 400);
  assert.match(reply.body.error.message, /at most 16384 bytes/);
});

test('the content of a file with very many chunks is sent as it is read, whole and in order', async () => {
  const store = await createStore();
  const file = await service.upload('many.txt', 'First.');
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  await settled(store, file);
  await service.database.query(
    `INSERT INTO search.chunks (project, store_number, store_file, position, term_count, dimensions, digest, headings, text,
       attributes, embedding, terms)
     SELECT project, store_number, store_file, n, 0, dimensions, digest, headings,
       n || ' ' || repeat('x', CASE WHEN n % 100 = 0 THEN 200000 ELSE 100 END), attributes, embedding, ''
     FROM search.chunks, generate_series(1, 600) AS n WHERE text = 'First.'`,
  );
  const { body } = await service.call('GET', `/v1/vector_stores/${store}/files/${file}/content`);
  assert.equal(body.has_more, false);
  assert.deepEqual(
    body.data.map(({ text }: { text: string }) => Number(text.split(' ')[0]) || 0),
    Array.from({ length: 601 }, (_, position) => position),
  );
});

test('what ranks behind several megabytes of results is left out of a reply', async () => {
  const store = await createStore();
  const file = await service.upload('huge.txt', 'Second.');
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  await settled(store, file);
  await service.database.query(
    `INSERT INTO search.chunks (project, store_number, store_file, position, term_count, dimensions, digest, headings, text,
       attributes, embedding, terms)
     SELECT project, store_number, store_file, n, 0, dimensions, digest, headings, repeat('y', 400000), attributes, embedding, ''
     FROM search.chunks, generate_series(1, 30) AS n WHERE text = 'Second.'`,
  );
  const { body } = await service.call('POST', `/v1/vector_stores/${store}/search`, {
    body: { query: 'Second.', max_num_results: 50 },
  });
  assert.ok(body.data.length >= 10 && body.data.length < 15, String(body.data.length));
});

test('new attributes reach every chunk of a large file, also when what spread them was interrupted', async () => {
  const store = await createStore();
  const file = await service.upload('spread.txt', 'Third.');
  await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id: file } });
  await settled(store, file);
  await service.database.query(
    `INSERT INTO search.chunks (project, store_number, store_file, position, term_count, dimensions, digest, headings, text,
       attributes, embedding, terms)
     SELECT project, store_number, store_file, n, 0, dimensions, digest, headings, 'filler', attributes, embedding, ''
     FROM search.chunks, generate_series(1, 1200) AS n WHERE text = 'Third.'`,
  );
  const path = `/v1/vector_stores/${store}/files/${file}`;
  const having = async (value: string): Promise<number> => {
    const { rows } = await service.database.query<{ chunks: number }>(
      `SELECT count(*) AS chunks FROM search.chunks WHERE attributes = jsonb_build_object('set', $1::text)`,
      [value],
    );
    return rows[0]?.chunks ?? 0;
  };
  await service.call('POST', path, { body: { attributes: { set: 'whole' } } });
  assert.equal(await having('whole'), 1_201);
  await service.database.query(
    `UPDATE search.store_files SET attributes = '{"set": "swept"}', attributes_pending = true
     WHERE attributes = '{"set": "whole"}'`,
  );
  const revisions = { lastSeen: () => null, embed: () => Promise.reject(new Error('nobody asks')) };
  const objects = createFolderObjects(service.objectsFolder);
  await sweep({ database: service.database, objects, revisions, signal: new AbortController().signal });
  assert.equal(await having('swept'), 1_201);
});
