import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Database, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { until } from '@kumiki/testing';
import { z } from 'zod';
import { toVectorText } from '../embedding/embedder.ts';
import { findByVector } from '../retrieval/find-by-vector.ts';
import { requireSearchedStore } from '../retrieval/searched-store.ts';
import { serveModel } from '../testing/model-server.ts';
import { replicaToken, startReplica, type ReplicaProcess } from '../testing/replica-process.ts';
import { createWordModel } from '../testing/word-model.ts';

/** Two replicas as separate processes, on a real PostgreSQL server, with an embedding model on a real port. */

const skip = whyNoPostgres() ?? false;
const patienceMs = 120_000;
const leaseMs = 3_000;

let postgres: TestPostgres;
let database: Database;
let gateway: Awaited<ReturnType<typeof serveModel>>;
let replicas: ReplicaProcess[] = [];
const model = createWordModel();

before(async () => {
  if (skip !== false) return;
  postgres = await startPostgres();
  database = openDatabase({ url: postgres.url, applicationName: 'test' });
  gateway = await serveModel(model);
  replicas = [
    await startReplica(postgres.url, gateway.url, leaseMs),
    await startReplica(postgres.url, gateway.url, leaseMs),
  ];
});
after(async () => {
  if (skip !== false) return;
  for (const replica of replicas) await replica.kill();
  gateway.close();
  await database.close();
  await postgres.stop();
});

async function call(replica: ReplicaProcess, method: string, path: string, body?: object | FormData) {
  const form = body instanceof FormData;
  const response = await fetch(`${replica.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${replicaToken}`,
      'x-kumiki-key': 'key_one',
      'x-kumiki-project': 'one',
      ...(form || body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  });
  assert.equal(response.status, 200, await response.clone().text());
  // oxlint-disable-next-line typescript/no-explicit-any
  return (await response.json()) as any;
}

async function upload(replica: ReplicaProcess, name: string, content: string): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([content]), name);
  form.append('purpose', 'assistants');
  return (await call(replica, 'POST', '/v1/files', form)).id;
}

/** A text of many distinct chunks. */
const manual = (volume: number): string =>
  Array.from(
    { length: 400 },
    (_, page) => `Volume ${volume} page ${page} speaks of item ${volume * 1_000 + page}.`,
  ).join('\n\n');

test(
  'a replica that is killed while it ingests costs nothing: no file is lost, no chunk is there twice',
  { skip },
  async () => {
    const [first, second] = replicas as [ReplicaProcess, ReplicaProcess];
    const { id: store } = await call(first, 'POST', '/v1/vector_stores', {});
    const gate = Promise.withResolvers<void>();
    model.gate = gate.promise;
    const ids: string[] = [];
    for (let volume = 0; volume < 6; volume++) ids.push(await upload(first, `${volume}.txt`, manual(volume)));
    await call(first, 'POST', `/v1/vector_stores/${store}/file_batches`, {
      files: ids.map((file_id) => ({
        file_id,
        chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 0 } },
      })),
    });
    await until('both replicas have files in hand', patienceMs, async () => {
      const { rows } = await database.query<{ held: number }>(
        'SELECT count(*) AS held FROM search.store_files WHERE lease_until > now()',
      );
      return rows[0]?.held === 4;
    });
    await first.kill();
    gate.resolve();
    model.gate = Promise.resolve();
    await until('the other replica has ingested everything', patienceMs, async () => {
      const { file_counts: counts } = await call(second, 'GET', `/v1/vector_stores/${store}`);
      assert.equal(counts.failed, 0);
      return counts.completed === ids.length;
    });
    for (const [volume, id] of ids.entries()) {
      const { data } = await call(second, 'GET', `/v1/vector_stores/${store}/files/${id}/content`);
      const text = data.map((part: { text: string }) => part.text).join('\n\n');
      const items = [...text.matchAll(/item (\d+)/g)].map((match: RegExpMatchArray) => Number(match[1]));
      assert.deepEqual(
        items,
        Array.from({ length: 400 }, (_, page) => volume * 1_000 + page),
      );
    }
    const { rows } = await database.query<{ counted: number; chunks: number; wrong: number }>(
      `SELECT chunk_count AS counted, (SELECT count(*) FROM search.chunks) AS chunks,
       (SELECT count(*) FROM search.term_counts AS counts WHERE chunks <>
         (SELECT count(*) FROM search.chunks WHERE terms @@ quote_literal(counts.term)::tsquery)) AS wrong
     FROM search.vector_stores WHERE id = $1`,
      [store],
    );
    assert.equal(rows[0]?.counted, rows[0]?.chunks);
    assert.equal(rows[0]?.wrong, 0);

    // The index scan finds the same as the exact scan, with the filter and the store's condition.
    const known = await requireSearchedStore(database, 'one', store);
    await database.query(`UPDATE search.chunks SET attributes = '{"odd": true}' WHERE number % 2 = 1`);
    const { data } = await model.gateway.json(
      {
        method: 'POST',
        path: '/v1/embeddings',
        body: { input: ['page 17 of volume 3'] },
        keyId: '',
      },
      z.object({ data: z.array(z.object({ embedding: z.array(z.number()) })) }),
    );
    const vector = toVectorText(Float32Array.from(data[0]?.embedding ?? []));
    const large = { ...known, chunkCount: 1_000_000, indexChunks: 1_000_000 };
    for (const filter of [null, { type: 'eq', key: 'odd', value: true } as const]) {
      const exact = await findByVector(database, known, vector, filter, 10);
      const walked = await findByVector(database, large, vector, filter, 10);
      const same = walked.filter(({ number }) => exact.some((hit) => hit.number === number));
      assert.ok(same.length >= 9, `${same.length} of 10`);
    }
    assert.deepEqual(await findByVector(database, { ...large, project: 'two' }, vector, null, 10), []);
  },
);

test('a replica that is told to stop gives back what it holds, and goes', { skip }, async () => {
  const second = replicas[1] as ReplicaProcess;
  const gate = Promise.withResolvers<void>();
  model.gate = gate.promise;
  const { id: store } = await call(second, 'POST', '/v1/vector_stores', {});
  const id = await upload(second, 'new.txt', 'Something that nobody has embedded yet.');
  await call(second, 'POST', `/v1/vector_stores/${store}/files`, { file_id: id });
  const held = async (): Promise<number> => {
    const { rows } = await database.query('SELECT 1 FROM search.store_files WHERE lease_until > now()');
    return rows.length;
  };
  await until('the replica has it in hand', patienceMs, async () => (await held()) === 1);
  assert.equal(await second.terminate(), 0);
  assert.equal(await held(), 0);
  const { rows } = await database.query<{ attempts: number }>(
    `SELECT attempts FROM search.store_files WHERE status = 'in_progress'`,
  );
  assert.deepEqual(rows, [{ attempts: 0 }]);
  gate.resolve();
});
