import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI from 'openai';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';

const model = 'shared-model';
const sequences = 4;

interface Flood {
  /** Answers that have started. */
  begun(): number;
  /** Most concurrent answers. */
  most(): number;
  readonly ended: Promise<number>;
}

function clientOf(product: Product, project: string): OpenAI {
  return new OpenAI({ baseURL: product.baseUrl, apiKey: product.addKey({ project }), maxRetries: 0 });
}

/** Requests that many long answers concurrently. */
function flood(client: OpenAI, count: number, tokens: number, prompt = 'Go on.'): Flood {
  let begun = 0;
  let running = 0;
  let most = 0;
  const one = async (_: unknown, index: number): Promise<void> => {
    // Each begins differently, so that no prefix cache applies.
    const messages = [{ role: 'user' as const, content: `${index} ${prompt}` }];
    const stream = await client.chat.completions.create({ model, messages, stream: true, max_tokens: tokens });
    let first = true;
    for await (const chunk of stream) {
      if (first && (chunk.choices[0]?.delta.content ?? '') !== '') {
        first = false;
        begun++;
        most = Math.max(most, ++running);
      }
    }
    running--;
  };
  const all = Array.from({ length: count }, one);
  return { begun: () => begun, most: () => most, ended: Promise.all(all).then(({ length }) => length) };
}

function askOnce(client: OpenAI): Promise<unknown> {
  return client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi.' }], max_tokens: 2 });
}

test('a project that asks for much leaves room at once to another that asks too, and all of its own is served', async () => {
  // Slow prefill, so that an answer starts clearly after the end of the one whose slot it takes.
  const pace = { interTokenLatencyMs: 10, prefillTokensPerSecond: 50 };
  await using product = await startProduct([
    simulatedModel(model, { maxSequences: sequences, maxWaiting: 16, ...pace }),
  ]);
  const [busy, quiet] = [clientOf(product, 'busy'), clientOf(product, 'quiet')];
  await askOnce(quiet);
  const flooding = flood(busy, 12, 150);
  await until('the busy one has its share', 30_000, () => flooding.begun() === sequences - 1);
  await askOnce(quiet);
  await askOnce(quiet);
  assert.equal(flooding.begun(), sequences - 1, 'none of those that wait went before the quiet one');
  assert.equal(await flooding.ended, 12);
  assert.equal(flooding.most(), sequences - 1, 'a place that became free let one in, not all that waited');
});

test('a project that is alone runs as much as there is', async () => {
  await using product = await startProduct([
    simulatedModel(model, { maxSequences: sequences, maxWaiting: 16, interTokenLatencyMs: 10 }),
  ]);
  const flooding = flood(clientOf(product, 'busy'), 8, 100);
  await until('every sequence is in use', 30_000, () => flooding.begun() === sequences);
  assert.equal(await flooding.ended, 8);
});

test('long prompts of one project are not read before a short one of another that comes later', async () => {
  const pace = { interTokenLatencyMs: 10, prefillTokensPerSecond: 2_000 };
  await using product = await startProduct([simulatedModel(model, { maxSequences: 16, maxWaiting: 16, ...pace })]);
  const [busy, quiet] = [clientOf(product, 'busy'), clientOf(product, 'quiet')];
  await askOnce(quiet);
  // Each takes a second of engine time.
  const flooding = flood(busy, 8, 4, 'some words of context, '.repeat(90));
  await until('the engine reads them', 30_000, () => flooding.begun() > 0);
  await askOnce(quiet);
  assert.ok(flooding.begun() < 6, `${flooding.begun()} of 8 had begun`);
  assert.equal(await flooding.ended, 8);
});
