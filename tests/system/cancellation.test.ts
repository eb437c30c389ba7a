import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI, { APIUserAbortError } from 'openai';
import { type Product, demoChat, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';

const slow = simulatedModel('slow', { interTokenLatencyMs: 50 });

let product: Product;
let client: OpenAI;
before(async () => {
  product = await startProduct([demoChat, slow]);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(() => product[Symbol.asyncDispose]());

/** Running and waiting requests of a model's worker, by its own metrics. */
async function openAtWorker(model: string): Promise<number> {
  const worker = product.workers().find(({ id }) => id.startsWith(model));
  assert.ok(worker !== undefined);
  const response = await fetch(`${worker.endpoint.url}/metrics`, {
    headers: { authorization: worker.endpoint.authorization ?? '' },
  });
  const text = await response.text();
  const gauges = [...text.matchAll(/^vllm:num_requests_(?:running|waiting)(?:\{[^}]*\})? (\d+)$/gm)];
  assert.equal(gauges.length, 2, text.slice(0, 2_000));
  return gauges.reduce((sum, match) => sum + Number(match[1]), 0);
}

for (const model of [slow.model, demoChat.model]) {
  test(`an abort during a stream stops the engine (${model})`, async () => {
    const abort = new AbortController();
    const stream = await client.chat.completions.create(
      {
        model,
        messages: [{ role: 'user', content: 'Tell me a very long story.' }],
        stream: true,
        temperature: 0,
        max_completion_tokens: 400,
      },
      { signal: abort.signal },
    );
    let chunks = 0;
    for await (const _ of stream) {
      chunks += 1;
      if (chunks === 3) abort.abort();
    }
    assert.ok(chunks < 100, 'the stream ended early');
    await until('the worker has nothing to do', 10_000, async () => (await openAtWorker(model)) === 0);
  });
}

test('an abort before the answer stops the engine', async () => {
  const abort = new AbortController();
  const answer = client.chat.completions.create(
    { model: slow.model, messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 1_000 },
    { signal: abort.signal },
  );
  await until('the worker runs the request', 10_000, async () => (await openAtWorker(slow.model)) === 1);
  abort.abort();
  await assert.rejects(answer, APIUserAbortError);
  await until('the worker has nothing to do', 10_000, async () => (await openAtWorker(slow.model)) === 0);
});
