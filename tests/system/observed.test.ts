import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { observedRequestQuerySchema, type RequestRecord, requestRecordSchema } from '@kumiki/api';
import { until } from '@kumiki/testing';
import OpenAI, { toFile } from 'openai';
import { type FilesService, startFilesService } from '../product/files-service.ts';
import { demoEmbedding, type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** The gateway's records of requests to real workers and services: attempts, timings and causes. */

let product: Product;
let service: ConversationsService;
let files: FilesService;
let client: OpenAI;
before(async () => {
  product = await startProduct([simulatedModel('simulated', { replicas: 2, interTokenLatencyMs: 10 }), demoEmbedding]);
  service = await startConversationsService(product);
  files = await startFilesService(product, service.database);
  service.route(service.replicas, files.routes);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await files[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

const secret = 'The-moon-is-made-of-cheese';

function records(query: object = {}): RequestRecord[] {
  const { data } = product.gateway.requests.list(observedRequestQuerySchema.parse({ limit: 200, ...query }));
  return data.map((record) => requestRecordSchema.parse(record));
}

function traceById(id: string): RequestRecord[] {
  return records({ trace_id: id }).toSorted((a, b) => a.started_at - b.started_at);
}

/** The complete trace of the newest request to a path, after it has ended. */
async function traceOf(path: string): Promise<RequestRecord[]> {
  const [newest] = records({ path });
  assert.ok(newest);
  const find = (): RequestRecord[] => traceById(newest.trace_id);
  await until('all of the trace has ended', 20_000, () => find().every(({ outcome }) => outcome !== 'open'));
  return find();
}

test('a worker that is killed in mid-stream leaves one record: two attempts, one continuation, timings of the last', async () => {
  const stream = await client.chat.completions.create({
    model: 'simulated',
    stream: true,
    temperature: 0,
    messages: [{ role: 'user', content: `[[length=120]] ${secret}` }],
  });
  let text = '';
  let killed = false;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    if (killed || text.length < 100) continue;
    killed = true;
    const [open] = records({ outcome: 'open' });
    product
      .workers()
      .find(({ endpoint }) => endpoint.id === open?.replica)
      ?.signal('SIGKILL');
  }
  const [record] = await traceOf('/v1/chat/completions');
  assert.ok(record);
  assert.deepEqual(
    [record.outcome, record.status, record.retries, record.continuations, record.completion_tokens],
    ['completed', 200, 0, 1, 120],
  );
  const [first, second, ...others] = record.attempts;
  assert.equal(others.length, 0);
  assert.deepEqual([first?.outcome, first?.queue_ms, second?.outcome], ['failed', null, 'completed']);
  assert.notEqual(first?.replica, second?.replica);
  assert.equal(second?.replica, record.replica);
  assert.ok((second?.decode_ms ?? 0) > 0 && second?.queue_ms !== null && second?.prefill_ms !== null);
  const { load } = product.gateway.load();
  assert.ok(load.tokens_per_second > 0 && (load.itl_ms?.values[9] ?? 0) > 0 && (load.ttft_ms?.values[18] ?? 0) > 0);
});

test('a question about a document is one trace: response, search, embedding of the question, answer', async () => {
  const store = await client.vectorStores.create({ name: 'moon' });
  const document = await toFile(Buffer.from(`${secret}\n`), 'moon.md');
  const file = await client.vectorStores.files.uploadAndPoll(store.id, document);
  assert.equal(file.status, 'completed', JSON.stringify(file.last_error));
  await client.responses.create({
    model: 'simulated',
    input: `[[length=12]] ${secret}?`,
    tools: [{ type: 'file_search', vector_store_ids: [store.id] }],
  });
  const trace = await traceOf('/v1/responses');
  const [root, search, embedding, answer, ...others] = trace;
  assert.equal(others.length, 0, JSON.stringify(others));
  assert.deepEqual(
    [root?.path, search?.path, embedding?.path, answer?.path],
    ['/v1/responses', `/v1/vector_stores/${store.id}/search`, '/v1/embeddings', '/v1/chat/completions'],
  );
  assert.equal(root?.parent_span_id, null);
  assert.deepEqual(
    [search?.parent_span_id, embedding?.parent_span_id, answer?.parent_span_id],
    [root.span_id, search?.span_id, root.span_id],
  );
  assert.ok(embedding?.attempts[0]?.prefill_ms !== null && answer?.attempts[0]?.decode_ms !== null);
  // All have the key of the first request.
  assert.equal(new Set(trace.map(({ key_id }) => key_id)).size, 1);
});

test('a run that another replica takes over stays in its trace', async () => {
  const [first] = service.replicas;
  const second = await service.startReplica('second', service.database);
  const { id } = await client.responses.create({
    model: 'simulated',
    input: `[[length=200]] ${secret}`,
    background: true,
  });
  const [root] = records({ path: '/v1/responses' });
  assert.ok(root);
  const answers = (): RequestRecord[] => traceById(root.trace_id).filter(({ path }) => path === '/v1/chat/completions');
  await until('the model answers', 20_000, () => answers().some(({ first_token_at }) => first_token_at !== null));
  service.route([second], files.routes);
  await first?.drain(100);
  await until('the run has ended', 20_000, async () => (await client.responses.retrieve(id)).status === 'completed');
  assert.deepEqual(
    answers().map(({ outcome, parent_span_id }) => [outcome, parent_span_id]),
    [
      ['cancelled', root.span_id],
      ['completed', root.span_id],
    ],
  );
});

test('of all that was said and answered nothing is in any record', async () => {
  const all = JSON.stringify(records());
  assert.ok(records().length > 8);
  assert.doesNotMatch(all, /moon|cheese|length=/);
  const { choices } = await client.chat.completions.create({
    model: 'simulated',
    temperature: 0,
    messages: [{ role: 'user', content: `[[length=40]] ${secret}` }],
  });
  const words = (choices[0]?.message.content ?? '').split(/\s+/).filter((word) => word.length > 5);
  assert.ok(words.length > 0);
  const remembered = JSON.stringify(records());
  assert.ok(words.every((word) => !remembered.includes(word)));
});
