import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI, { toFile } from 'openai';
import { type FilesService, startFilesService } from '../product/files-service.ts';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** A key's limits apply to every route, and to what services do for the key, without deadlocks. */

const noLimits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };

let product: Product;
let conversations: ConversationsService;
let files: FilesService;
before(async () => {
  const slow = simulatedModel('slow', { interTokenLatencyMs: 5 });
  product = await startProduct([simulatedModel('chat'), slow, { ...simulatedModel('embedding'), task: 'embedding' }]);
  conversations = await startConversationsService(product);
  files = await startFilesService(product, conversations.database);
  conversations.route(conversations.replicas, files.routes);
});
after(async () => {
  await files[Symbol.asyncDispose]();
  await conversations[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

let keys = 0;

function clientWith(limits: Partial<typeof noLimits | Record<keyof typeof noLimits, number>>): OpenAI {
  const id = `key_limited_${keys++}`;
  const apiKey = product.addKey({ id, limits: { ...noLimits, ...limits } });
  return new OpenAI({ baseURL: product.baseUrl, apiKey, maxRetries: 0 });
}

async function statusOf(reply: Promise<unknown>): Promise<number> {
  try {
    await reply;
    return 200;
  } catch (error) {
    return error instanceof OpenAI.APIError ? (error.status ?? 0) : 0;
  }
}

test('a key of two requests a minute opens two background responses, however many it asks for', async () => {
  const client = clientWith({ requests_per_minute: 2, max_concurrent: 1 });
  const created = { model: 'chat', input: 'hello', background: true } as const;
  const statuses: number[] = [];
  for (let at = 0; at < 40; at++) statuses.push(await statusOf(client.responses.create(created)));
  assert.deepEqual(
    statuses.filter((status) => status === 200),
    [200, 200],
  );
  assert.ok(statuses.every((status) => status === 200 || status === 429));
});

test('an upload beyond the limit is refused before a byte of it is read, on each kind of route', async () => {
  const apiKey = clientWith({ max_concurrent: 1 }).apiKey as string;
  const open = (path: string) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'multipart/form-data; boundary=b' };
    return request(product.baseUrl + path, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': 60_000_000 },
    });
  };
  const first = open('/files');
  first.on('error', () => {});
  first.write('--b\r\n');
  await until('the first upload is open', 5_000, () => product.gateway.requests.open() > 0);
  for (const path of ['/files', '/files', '/files', '/files', '/files', '/chat/completions', '/responses']) {
    const next = open(path);
    next.on('error', () => {});
    next.flushHeaders();
    const [reply] = (await once(next, 'response')) as [IncomingMessage];
    assert.equal(reply.statusCode, 429, path);
    next.destroy();
  }
  first.destroy();
});

test('a key with one place has its responses, searches and batches: nothing waits for itself', async () => {
  const client = clientWith({ max_concurrent: 1 });
  const stores = [await client.vectorStores.create({ name: 'a' }), await client.vectorStores.create({ name: 'b' })];
  for (const store of stores) {
    const text = Buffer.from('# Ports\n\nThe billing service listens on port 4821.\n');
    const file = await client.files.create({ file: await toFile(text, 'ports.md'), purpose: 'assistants' });
    await client.vectorStores.files.create(store.id, { file_id: file.id });
    await until('the file is searchable', 30_000, async () => {
      const { status } = await client.vectorStores.files.retrieve(file.id, { vector_store_id: store.id });
      assert.notEqual(status, 'failed');
      return status === 'completed';
    });
  }
  const tools = [{ type: 'file_search' as const, vector_store_ids: stores.map(({ id }) => id) }];
  const answer = await client.responses.create({ model: 'chat', input: 'Which port?', tools });
  assert.equal(answer.status, 'completed');

  const stream = await client.responses.create({ model: 'chat', input: 'Which port?', stream: true });
  let last = '';
  for await (const { type } of stream) last = type;
  assert.equal(last, 'response.completed');

  const lines = [0, 1, 2, 3, 4, 5].map((at) => ({
    custom_id: `line-${at}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'chat', messages: [{ role: 'user', content: `hello ${at}` }] },
  }));
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const input = await client.files.create({ file: await toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
  const batch = await client.batches.create({
    input_file_id: input.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  await until('the batch has ended', 60_000, async () => {
    const { status, request_counts: counts } = await client.batches.retrieve(batch.id);
    if (status !== 'completed') return false;
    assert.deepEqual([counts?.completed, counts?.failed], [6, 0]);
    return true;
  });
});

test('background responses take turns in the places of their key, and all of them are answered', async () => {
  const client = clientWith({ max_concurrent: 2 });
  const ids: string[] = [];
  for (let at = 0; at < 24; at++) {
    ids.push((await client.responses.create({ model: 'slow', input: `say ${at}`, background: true })).id);
  }
  const { requests } = product.gateway;
  const running = () => requests.list({ limit: 200, model: 'slow', outcome: 'open' }).data.filter(served).length;
  let most = 0;
  await until('all have ended', 90_000, async () => {
    most = Math.max(most, running());
    const states = [];
    for (const id of ids) states.push((await client.responses.retrieve(id)).status);
    assert.ok(!states.includes('failed'));
    return states.every((status) => status === 'completed');
  });
  assert.ok(most <= 2, `${most} ran at once`);
});

/** Whether it was sent to a replica; queued requests have no attempt. */
function served({ attempts }: { readonly attempts: readonly unknown[] }): boolean {
  return attempts.length > 0;
}
