import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI, { toFile } from 'openai';
import type { Batch, BatchCreateParams } from 'openai/resources/batches';
import { type FilesService, startFilesService } from '../product/files-service.ts';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** Batches with the official SDK: through the gateway, with the service of files and simulated models. */

let product: Product;
let conversations: ConversationsService;
let files: FilesService;
let client: OpenAI;
before(async () => {
  const slow = simulatedModel('slow', { maxSequences: 8, maxWaiting: 64, interTokenLatencyMs: 10 });
  product = await startProduct([simulatedModel('chat'), slow, { ...simulatedModel('embedding'), task: 'embedding' }]);
  conversations = await startConversationsService(product);
  files = await startFilesService(product, conversations.database);
  conversations.route(conversations.replicas, files.routes);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await files[Symbol.asyncDispose]();
  await conversations[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

type Endpoint = BatchCreateParams['endpoint'];

async function start(endpoint: Endpoint, bodies: readonly Record<string, unknown>[]): Promise<Batch> {
  const lines = bodies.map((body, index) => ({ custom_id: `line-${index}`, method: 'POST', url: endpoint, body }));
  return startText(endpoint, lines.map((line) => JSON.stringify(line)).join('\n'));
}

async function startText(endpoint: Endpoint, text: string): Promise<Batch> {
  const file = await client.files.create({ file: await toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
  return client.batches.create({
    input_file_id: file.id,
    endpoint,
    completion_window: '24h',
    metadata: { for: 'test' },
  });
}

async function ended({ id }: Batch): Promise<Batch> {
  let batch = await client.batches.retrieve(id);
  await until(`${id} has ended`, 60_000, async () => {
    batch = await client.batches.retrieve(id);
    return ['completed', 'failed', 'expired', 'cancelled'].includes(batch.status);
  });
  return batch;
}

interface ResultLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: unknown } | null;
  readonly error: { readonly code: string } | null;
}

async function resultsOf(fileId: string | null | undefined): Promise<ResultLine[]> {
  if (fileId == null) return [];
  const text = await (await client.files.content(fileId)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultLine);
}

const chatBody = (text: string, model = 'chat') => ({ model, messages: [{ role: 'user', content: text }] });

test('a batch of chats gives an answer for each line, and a refusal for the one that asks for no model', async () => {
  const bodies = Array.from({ length: 150 }, (_, index) =>
    chatBody(`[[length=5]] question ${index}`, index === 77 ? 'no-such-model' : 'chat'),
  );
  const batch = await ended(await start('/v1/chat/completions', bodies));
  assert.equal(batch.status, 'completed');
  assert.deepEqual(batch.request_counts, { total: 150, completed: 149, failed: 1 });
  assert.ok((batch.usage?.total_tokens ?? 0) > 149 * 5);
  assert.deepEqual(batch.metadata, { for: 'test' });
  for (const time of [batch.in_progress_at, batch.finalizing_at, batch.completed_at, batch.expires_at]) {
    assert.ok(Number.isInteger(time));
  }
  const output = await resultsOf(batch.output_file_id);
  assert.equal(new Set(output.map((line) => line.custom_id)).size, 149);
  assert.ok(output.every(({ response }) => response?.status_code === 200 && response.request_id !== ''));
  const [refused, ...others] = await resultsOf(batch.error_file_id);
  assert.deepEqual([refused?.custom_id, refused?.response?.status_code, others.length], ['line-77', 404, 0]);
  const file = await client.files.retrieve(batch.output_file_id ?? '');
  assert.equal(file.purpose, 'batch_output');
});

test('completions, embeddings and responses run in batches too', async () => {
  const completion = await start('/v1/completions', [{ model: 'chat', prompt: 'Once', max_tokens: 4 }]);
  const embedding = await start('/v1/embeddings', [{ model: 'embedding', input: ['a', 'b'] }]);
  const response = await start('/v1/responses', [{ model: 'chat', input: '[[length=4]] hello' }]);
  for (const [batch, object] of [
    [completion, 'text_completion'],
    [embedding, 'list'],
    [response, 'response'],
  ] as const) {
    const { status, output_file_id: file } = await ended(batch);
    assert.equal(status, 'completed');
    const [line] = await resultsOf(file);
    assert.equal(line?.response?.status_code, 200);
    assert.equal((line.response.body as { object: string }).object, object);
  }
});

test('a cancelled batch keeps what it has, says of the rest that it was not run, and stops its requests', async () => {
  const bodies = Array.from({ length: 40 }, () => chatBody('[[length=100]] long', 'slow'));
  const batch = await start('/v1/chat/completions', bodies);
  await until('some lines are done', 30_000, async () => {
    const { request_counts: counts } = await client.batches.retrieve(batch.id);
    return (counts?.completed ?? 0) > 0;
  });
  const asked = await client.batches.cancel(batch.id);
  assert.equal(asked.status, 'cancelling');
  const cancelled = await ended(batch);
  assert.equal(cancelled.status, 'cancelled');
  assert.equal((await client.batches.cancel(batch.id)).status, 'cancelled');
  const output = await resultsOf(cancelled.output_file_id);
  const errors = await resultsOf(cancelled.error_file_id);
  assert.ok(output.length > 0 && errors.length > 0);
  assert.ok(errors.every(({ error }) => error?.code === 'batch_cancelled'));
  assert.equal(new Set([...output, ...errors].map((line) => line.custom_id)).size, 40);
});

test('an invalid input file is told line by line, and a file for something else is refused at once', async () => {
  const batch = await ended(await startText('/v1/embeddings', 'no json\n{"custom_id":"a"}'));
  assert.equal(batch.status, 'failed');
  assert.deepEqual(
    batch.errors?.data?.map(({ code, line }) => [code, line]),
    [
      ['invalid_json_line', 1],
      ['invalid_method', 2],
    ],
  );
  const file = await client.files.create({ file: await toFile(Buffer.from('a'), 'a.txt'), purpose: 'user_data' });
  await assert.rejects(
    client.batches.create({ input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' }),
    (error: unknown) => error instanceof OpenAI.BadRequestError && error.param === 'input_file_id',
  );
});

test('the same upload with the same Idempotency-Key is one file, and other bytes under the key are a conflict', async () => {
  const upload = async (text: string) =>
    client.files.create(
      { file: await toFile(Buffer.from(text), 'a.jsonl'), purpose: 'batch' },
      { headers: { 'Idempotency-Key': 'upload' } },
    );
  const [first, again] = await Promise.all([upload('one'), upload('one')]);
  assert.equal(first.id, again.id);
  await assert.rejects(upload('two'), OpenAI.ConflictError);
  await client.files.delete(first.id);
  const anew = await upload('two');
  assert.equal(await (await client.files.content(anew.id)).text(), 'two');
});

test('lists are paged by the SDK, and the same Idempotency-Key makes one batch', async () => {
  const file = await client.files.create({ file: await toFile(Buffer.from('{}'), 'a.jsonl'), purpose: 'batch' });
  const body = { input_file_id: file.id, endpoint: '/v1/embeddings', completion_window: '24h' } as const;
  const first = await client.batches.create(body, { idempotencyKey: 'k', headers: { 'Idempotency-Key': 'k' } });
  const again = await client.batches.create(body, { headers: { 'Idempotency-Key': 'k' } });
  assert.equal(again.id, first.id);
  await assert.rejects(
    client.batches.create({ ...body, metadata: { a: 'b' } }, { maxRetries: 2, headers: { 'Idempotency-Key': 'k' } }),
    (error: unknown) => error instanceof OpenAI.ConflictError && error.headers.get('x-should-retry') === 'false',
  );
  const ids: string[] = [];
  for await (const batch of client.batches.list({ limit: 2 })) ids.push(batch.id);
  assert.equal(ids[0], first.id);
  assert.ok(ids.length >= 6);
  assert.equal(new Set(ids).size, ids.length);
});
