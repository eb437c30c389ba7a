import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Database, openDatabase } from '@kumiki/postgres';
import OpenAI, { toFile } from 'openai';
import { type FilesService, startFilesService } from '../product/files-service.ts';
import { demoEmbedding, type Product, startProduct } from '../product/product.ts';

/** The official SDK's helpers for files and vector stores, through the gateway, with the demo embedding model. */

let product: Product;
let database: Database;
let files: FilesService;
let client: OpenAI;
before(async () => {
  product = await startProduct([demoEmbedding]);
  database = openDatabase({ folder: null });
  files = await startFilesService(product, database);
  product.setBackends(files.routes);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await files[Symbol.asyncDispose]();
  await database.close();
  await product[Symbol.asyncDispose]();
});

const text = (content: string, name: string) => toFile(Buffer.from(content), name);

test('upload and poll, search, content, and what is deleted is not found', async () => {
  const store = await client.vectorStores.create({ name: 'manuals' });
  const file = await client.vectorStores.files.uploadAndPoll(
    store.id,
    await text('# Coffee machine\n\nPress the green button to make coffee.\n', 'coffee.md'),
  );
  assert.equal(file.status, 'completed', JSON.stringify(file.last_error));
  const batch = await client.vectorStores.fileBatches.uploadAndPoll(store.id, {
    files: [
      await text('The train to the sea leaves at nine.', 'train.txt'),
      await text('海へ行く電車は九時に出発します。', 'densha.txt'),
    ],
  });
  assert.equal(batch.status, 'completed');
  assert.equal(batch.file_counts.completed, 2);
  assert.equal((await client.vectorStores.retrieve(store.id)).file_counts.completed, 3);

  const found = await client.vectorStores.search(store.id, { query: 'How do I make coffee?', max_num_results: 3 });
  assert.equal(found.data[0]?.filename, 'coffee.md');
  assert.match(found.data[0]?.content[0]?.text ?? '', /green button/);
  const japanese = await client.vectorStores.search(store.id, { query: '電車は何時に出発しますか' });
  assert.equal(japanese.data[0]?.filename, 'densha.txt');

  const content = [];
  for await (const part of client.vectorStores.files.content(file.id, { vector_store_id: store.id }))
    content.push(part);
  assert.match(content.map((part) => part.text).join(''), /green button/);
  assert.match(await (await client.files.content(file.id)).text(), /^# Coffee machine/);

  const listed: string[] = [];
  for await (const { id } of client.vectorStores.files.list(store.id, { limit: 2 })) listed.push(id);
  assert.equal(listed.length, 3);
  await client.files.delete(file.id);
  await assert.rejects(client.files.retrieve(file.id), OpenAI.NotFoundError);
  const gone = await client.vectorStores.search(store.id, { query: 'How do I make coffee?' });
  assert.ok(gone.data.every(({ filename }) => filename !== 'coffee.md'));
  const stranger = new OpenAI({
    baseURL: product.baseUrl,
    apiKey: product.addKey({ project: '他 部署' }),
    maxRetries: 0,
  });
  await assert.rejects(stranger.vectorStores.search(store.id, { query: 'train' }), OpenAI.NotFoundError);
  assert.equal((await client.vectorStores.delete(store.id)).deleted, true);
});

test('100 MB go up and come back as they were', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-upload-'));
  try {
    const path = join(folder, 'large.bin');
    const block = Buffer.alloc(1_000_000, 'kumiki ');
    const handle = await open(path, 'w');
    const sent = createHash('sha256');
    for (let index = 0; index < 100; index++) {
      block.writeUInt32LE(index);
      sent.update(block);
      await handle.write(block);
    }
    await handle.close();
    const file = await client.files.create({ file: createReadStream(path), purpose: 'user_data' });
    assert.equal(file.bytes, 100_000_000);
    const received = createHash('sha256');
    const { body } = await client.files.content(file.id);
    for await (const piece of body ?? []) received.update(piece);
    assert.equal(received.digest('hex'), sent.digest('hex'));
    await client.files.delete(file.id);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a store of 10,000 files is counted right and listed to its end', async () => {
  const store = await client.vectorStores.create({});
  await database.query(
    `WITH file AS (
       INSERT INTO search.files (id, project, filename, purpose, bytes, sha256)
       SELECT 'file-many' || n, 'test', n || '.txt', 'assistants', 1, '' FROM generate_series(1, 10000) AS n
       RETURNING number
     ) INSERT INTO search.store_files (project, store_number, file_number, key_id, status, usage_bytes)
       SELECT 'test', (SELECT number FROM search.vector_stores WHERE id = $1), number, 'key', 'completed', 3 FROM file`,
    [store.id],
  );
  const { file_counts: counts, usage_bytes: bytes } = await client.vectorStores.retrieve(store.id);
  assert.equal(counts.completed, 10_000);
  assert.equal(bytes, 30_000);
  const seen = new Set<string>();
  for await (const { id } of client.vectorStores.files.list(store.id, { limit: 100, order: 'asc' })) seen.add(id);
  assert.equal(seen.size, 10_000);
});
