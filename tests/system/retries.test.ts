import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI, { type APIError, InternalServerError } from 'openai';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';

const lone = simulatedModel('lone', { interTokenLatencyMs: 20, maxSequences: 2, maxWaiting: 1 });
const pair = simulatedModel('pair', { replicas: 2, interTokenLatencyMs: 20 });

let product: Product;
before(async () => {
  product = await startProduct([lone, pair]);
});
after(() => product[Symbol.asyncDispose]());

function sdk(maxRetries: number): OpenAI {
  return new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries });
}

const request = {
  messages: [{ role: 'user' as const, content: 'Hello' }],
  max_completion_tokens: 20,
  temperature: 0,
};

test('a request whose worker dies before its answer is asked again elsewhere, and the client notices nothing', async () => {
  const expected = await sdk(0).chat.completions.create({ ...request, model: 'pair' });
  const answers = Array.from({ length: 8 }, () => sdk(0).chat.completions.create({ ...request, model: 'pair' }));
  product
    .workers()
    .find(({ id }) => id.startsWith('pair'))
    ?.signal('SIGKILL');
  for (const answer of await Promise.all(answers)) {
    assert.equal(answer.choices[0]?.message.content, expected.choices[0]?.message.content);
  }
});

test('while the only worker restarts, the SDK succeeds by its retries', async () => {
  const worker = product.workers().find(({ id }) => id.startsWith('lone'));
  worker?.signal('SIGKILL');
  await until('the worker is gone', 5_000, () => worker?.running() === false);
  const answer = await sdk(8).chat.completions.create({ ...request, model: 'lone' });
  assert.ok((answer.choices[0]?.message.content?.length ?? 0) > 0);
});

test('beyond the queue requests are refused with 429 and a time, and those within are answered', async () => {
  await until('the worker is back', 20_000, () => product.workers().some(({ id }) => id.startsWith('lone')));
  const results = await Promise.allSettled(
    // More than the total capacity: running, queued in the worker, and waiting at the gateway for the project's share.
    Array.from({ length: 40 }, () =>
      sdk(0)
        .chat.completions.create({ ...request, model: 'lone' })
        .withResponse(),
    ),
  );
  const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as APIError);
  assert.ok(refused.length > 0 && refused.length < results.length, `${refused.length} of ${results.length} refused`);
  for (const error of refused) {
    assert.equal(error.status, 429, error.message);
    assert.equal(error.code, 'queue_full');
    assert.ok(Number(error.headers?.get('retry-after')) >= 1);
  }
});

test('a model without any worker is refused with 503 and may be asked again', async () => {
  const { port, gateway } = product;
  gateway.replaceRoutes({
    backends: [],
    models: [
      {
        model: 'empty',
        aliases: [],
        task: 'chat',
        service: 'empty',
        created: 1,
        deadlines: { connectMs: 500, headersMs: 1_000, firstTokenMs: 1_000, betweenTokensMs: 1_000, totalMs: 5_000 },
        endpoints: [],
      },
    ],
  });
  const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: product.apiKey, maxRetries: 0 });
  await assert.rejects(client.chat.completions.create({ ...request, model: 'empty' }), (error) => {
    assert.ok(error instanceof InternalServerError);
    assert.equal(error.status, 503);
    assert.equal(error.code, 'no_replica_available');
    assert.equal(error.headers?.get('x-should-retry'), 'true');
    return true;
  });
});
