import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI, { toFile } from 'openai';
import { startFilesService } from '../product/files-service.ts';
import { startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { startConversationsService } from './conversations-service.ts';

/** One replica with four concurrent requests; a line of the batch takes at least two seconds. */
const model = 'busy';
const sequences = 4;
const lineTokens = 200;
const interTokenLatencyMs = 10;

/** A live request that waited for a whole line would take longer than this. */
const limitMs = 1_000;
const liveRequests = 10;

test('live chats never wait for a line of a batch to end, and the batch takes what they leave', async () => {
  await using product = await startProduct([
    simulatedModel(model, { maxSequences: sequences, maxWaiting: 32, interTokenLatencyMs }),
  ]);
  await using conversations = await startConversationsService(product);
  await using files = await startFilesService(product, conversations.database);
  conversations.route(conversations.replicas, files.routes);
  const client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });

  const lines = Array.from({ length: 200 }, (_, index) =>
    JSON.stringify({
      custom_id: String(index),
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model, messages: [{ role: 'user', content: `[[length=${lineTokens}]] line ${index}` }] },
    }),
  );
  const input = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n'))), purpose: 'batch' });
  const { id } = await client.batches.create({
    input_file_id: input.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  const completed = async (): Promise<number> => (await client.batches.retrieve(id)).request_counts?.completed ?? 0;
  await until('the batch is under way', 60_000, async () => (await completed()) > 0);

  const before = await completed();
  const waits: number[] = [];
  for (let count = 0; count < liveRequests; count++) {
    // Two at a time: with the batch's half of the replica they fill it.
    waits.push(...(await Promise.all([firstToken(client), firstToken(client)])));
  }
  assert.deepEqual(
    waits.filter((wait) => wait > limitMs),
    [],
  );
  await until('the batch goes on', 60_000, async () => (await completed()) > before);
  await client.batches.cancel(id);
  await until('the batch is cancelled', 30_000, async () => (await client.batches.retrieve(id)).status === 'cancelled');
});

/** Milliseconds until the first words of a streamed answer. */
async function firstToken(client: OpenAI): Promise<number> {
  const startedAt = performance.now();
  let firstAt = Number.NaN;
  const stream = await client.chat.completions.create({
    model,
    stream: true,
    messages: [{ role: 'user', content: '[[length=20]] live' }],
  });
  for await (const chunk of stream) {
    if (Number.isNaN(firstAt) && chunk.choices[0]?.delta.content) firstAt = performance.now();
  }
  return firstAt - startedAt;
}
