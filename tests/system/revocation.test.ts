import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI, { toFile } from 'openai';
import { type FilesService, startFilesService } from '../product/files-service.ts';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** Work on behalf of a key ends with the key, also without a waiting client. */

let product: Product;
let conversations: ConversationsService;
let files: FilesService;
let observer: OpenAI;
before(async () => {
  product = await startProduct([simulatedModel('slow', { interTokenLatencyMs: 50, maxSequences: 2 })]);
  conversations = await startConversationsService(product);
  files = await startFilesService(product, conversations.database);
  conversations.route(conversations.replicas, files.routes);
  observer = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await files[Symbol.asyncDispose]();
  await conversations[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

/** A run retries half a second after an interruption; the rest is tolerance for a busy machine. */
const soonMs = 5_000;

function clientOf(id: string): OpenAI {
  return new OpenAI({ baseURL: product.baseUrl, apiKey: product.addKey({ id }), maxRetries: 0 });
}

const long = '[[length=2000]] tell me all';

test('a response in the background ends with its key, and a stream of it at once', async () => {
  const client = clientOf('key_leaving');
  const { id } = await client.responses.create({ model: 'slow', input: long, background: true });
  await until(
    'it is being answered',
    10_000,
    async () => (await client.responses.retrieve(id)).status === 'in_progress',
  );
  const followed = await client.responses.retrieve(id, { stream: true });
  const read = async (): Promise<void> => {
    for await (const { type } of followed) {
      if (type === 'response.output_text.delta') product.revokeKey('key_leaving');
    }
  };
  await assert.rejects(read(), { code: 'credential_revoked' });
  await until('it has ended', soonMs, async () => (await observer.responses.retrieve(id)).status === 'failed');
  const { error } = await observer.responses.retrieve(id);
  assert.equal(error?.code, 'credential_revoked');
  await until('the model works for nobody', soonMs, () => {
    const { data } = product.gateway.requests.list({ limit: 10, model: 'slow', outcome: 'open' });
    return data.length === 0;
  });
});

test('a batch ends with its key, and its other lines are not asked', async () => {
  const client = clientOf('key_batch');
  const lines = Array.from({ length: 50 }, (_, at) => ({
    custom_id: `line-${at}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'slow', messages: [{ role: 'user', content: long }] },
  }));
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const input = await client.files.create({ file: await toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
  const batch = await client.batches.create({
    input_file_id: input.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  const asked = () => product.gateway.requests.list({ limit: 200, key_id: 'key_batch', kind: 'model' }).data.length;
  await until('a line is being answered', 20_000, () => asked() > 0);
  product.revokeKey('key_batch');
  await until('it has ended', soonMs, async () => (await observer.batches.retrieve(batch.id)).status === 'failed');
  const { errors } = await observer.batches.retrieve(batch.id);
  assert.equal(errors?.data?.[0]?.code, 'credential_revoked');
  assert.ok(asked() < 50, `${asked()} were asked`);
});
