import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { type Product, startProduct } from './product.ts';
import { simulatedModel } from './simulated-model.ts';
import { until } from './until.ts';

const model = 'shared-model';
const sequences = 4;

interface Flood {
  /** Answers that have begun. */
  begun(): number;
  readonly ended: Promise<number>;
}

function clientOf(product: Product, project: string): OpenAI {
  return new OpenAI({ baseURL: product.baseUrl, apiKey: product.addKey({ project }), maxRetries: 0 });
}

/** Asks for so many long answers at once. */
function flood(client: OpenAI, count: number, tokens: number): Flood {
  let begun = 0;
  const one = async (): Promise<void> => {
    const messages = [{ role: 'user' as const, content: 'Go on.' }];
    const stream = await client.chat.completions.create({ model, messages, stream: true, max_tokens: tokens });
    let first = true;
    for await (const chunk of stream) {
      if (first && (chunk.choices[0]?.delta.content ?? '') !== '') {
        first = false;
        begun++;
      }
    }
  };
  const all = Array.from({ length: count }, one);
  return { begun: () => begun, ended: Promise.all(all).then(({ length }) => length) };
}

function askOnce(client: OpenAI): Promise<unknown> {
  return client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi.' }], max_tokens: 2 });
}

test('a project that asks for much leaves room at once to another that asks too, and all of its own is served', async () => {
  await using product = await startProduct([
    simulatedModel(model, { maxSequences: sequences, maxWaiting: 16, interTokenLatencyMs: 10 }),
  ]);
  const [busy, quiet] = [clientOf(product, 'busy'), clientOf(product, 'quiet')];
  await askOnce(quiet);
  const flooding = flood(busy, 12, 150);
  await until('the busy one has its share', 30_000, () => flooding.begun() === sequences - 1);
  await askOnce(quiet);
  await askOnce(quiet);
  assert.equal(flooding.begun(), sequences - 1, 'none of those that wait went before the quiet one');
  assert.equal(await flooding.ended, 12);
});

test('a project that is alone runs as much as there is', async () => {
  await using product = await startProduct([
    simulatedModel(model, { maxSequences: sequences, maxWaiting: 16, interTokenLatencyMs: 10 }),
  ]);
  const flooding = flood(clientOf(product, 'busy'), 8, 100);
  await until('every sequence is in use', 30_000, () => flooding.begun() === sequences);
  assert.equal(await flooding.ended, 8);
});
