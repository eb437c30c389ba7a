import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDatabase, type Database } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { until } from '@kumiki/testing';
import { serveModel } from '../testing/model-server.ts';
import { replicaToken, startReplica, type ReplicaProcess } from '../testing/replica-process.ts';
import { createWordModel } from '../testing/word-model.ts';

/** Files that kill or hang their process, with replicas that really die and really hang. */

const skip = whyNoPostgres() ?? false;
const patienceMs = 120_000;
const leaseMs = 2_000;

let postgres: TestPostgres;
let database: Database;
let gateway: Awaited<ReturnType<typeof serveModel>>;
const model = createWordModel();

before(async () => {
  if (skip !== false) return;
  postgres = await startPostgres();
  database = openDatabase({ url: postgres.url, applicationName: 'test' });
  gateway = await serveModel(model);
});
after(async () => {
  if (skip !== false) return;
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

const statusOf = async (file: string): Promise<string | undefined> => {
  const { rows } = await database.query<{ status: string }>(
    `SELECT place.status FROM search.store_files AS place JOIN search.files AS file ON file.number = place.file_number
     WHERE file.id = $1`,
    [file],
  );
  return rows[0]?.status;
};

test(
  'a file that ends its process each time is given up after two, and those beside it are ingested',
  { skip, timeout: 300_000 },
  async () => {
    let replica = await startReplica(postgres.url, gateway.url, leaseMs);
    let deaths = 0;
    model.onText = async (text) => {
      if (!text.includes('poison')) return;
      deaths += 1;
      await replica.kill();
    };
    const { id: store } = await call(replica, 'POST', '/v1/vector_stores', {});
    const poison = await upload(replica, 'poison.txt', 'This text is poison.');
    const others: string[] = [];
    for (let index = 0; index < 4; index++)
      others.push(await upload(replica, `${index}.txt`, `Harmless text ${index}.`));
    await call(replica, 'POST', `/v1/vector_stores/${store}/file_batches`, { file_ids: [poison, ...others] });
    for (const wanted of [1, 2]) {
      await until('the replica is dead', patienceMs, () => deaths === wanted);
      replica = await startReplica(postgres.url, gateway.url, leaseMs);
    }
    await until('the file is given up', patienceMs, async () => (await statusOf(poison)) === 'failed');
    await until('the others are ingested', patienceMs, async () => {
      const { file_counts: counts } = await call(replica, 'GET', `/v1/vector_stores/${store}`);
      return counts.completed === others.length;
    });
    const told = await call(replica, 'GET', `/v1/vector_stores/${store}/files/${poison}`);
    assert.equal(told.last_error.code, 'invalid_file');
    assert.match(told.last_error.message, /'poison\.txt' ended or stopped the process .* 2 times .* 20 bytes/);
    assert.equal(told.kumiki.error_code, 'poisonous_request');

    // Adding it to another store, or again to the same one, fails without a further attempt.
    const { id: second } = await call(replica, 'POST', '/v1/vector_stores', { file_ids: [poison] });
    await call(replica, 'POST', `/v1/vector_stores/${store}/files`, { file_id: poison });
    await until('it is given up at once', patienceMs, async () => {
      const { file_counts: counts } = await call(replica, 'GET', `/v1/vector_stores/${second}`);
      return counts.failed === 1 && (await statusOf(poison)) === 'failed';
    });
    assert.equal(deaths, 2);
    assert.equal(await replica.terminate(), 0);
  },
);

test(
  'a file that hangs its process is given up by the third, and drains do not count',
  { skip, timeout: 300_000 },
  async () => {
    const replicas: ReplicaProcess[] = [await startReplica(postgres.url, gateway.url, leaseMs)];
    const [first] = replicas as [ReplicaProcess];
    const { id: store } = await call(first, 'POST', '/v1/vector_stores', {});
    const file = await upload(first, 'hang.txt', 'This text makes its process hang.');

    // Two planned drains during its ingest: it is released and does not become suspect.
    let asked = 0;
    const gate = Promise.withResolvers<void>();
    model.onText = (text) => {
      if (!text.includes('process hang')) return;
      asked += 1;
      return gate.promise;
    };
    await call(first, 'POST', `/v1/vector_stores/${store}/files`, { file_id: file });
    for (const wanted of [1, 2]) {
      await until('the file is in work', patienceMs, () => asked === wanted);
      assert.equal(await (replicas.pop() as ReplicaProcess).terminate(), 0);
      replicas.push(await startReplica(postgres.url, gateway.url, leaseMs));
    }
    await until('the file is in work', patienceMs, () => asked === 3);
    const { rows } = await database.query<{ lost: number }>(
      `SELECT claims - 1 AS lost FROM search.store_files WHERE status = 'in_progress'`,
    );
    assert.deepEqual(rows, [{ lost: 0 }]);

    replicas.at(-1)?.freeze();
    const second = await startReplica(postgres.url, gateway.url, leaseMs);
    await until('another replica has taken it', patienceMs, () => asked === 4);
    second.freeze();
    const third = await startReplica(postgres.url, gateway.url, leaseMs);
    await until('the file is given up', patienceMs, async () => (await statusOf(file)) === 'failed');
    gate.resolve();
    for (const replica of [...replicas, second]) replica.thaw();
    assert.equal(asked, 4);
    for (const replica of [...replicas, second, third]) assert.equal(await replica.terminate(), 0);
    assert.equal(await statusOf(file), 'failed');
  },
);
