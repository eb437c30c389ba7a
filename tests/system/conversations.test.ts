import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type Product, demoChat, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** Conversations and their items, and what responses refuse, delete and hide. */

let product: Product;
let service: ConversationsService;
let client: OpenAI;
before(async () => {
  product = await startProduct([
    demoChat,
    simulatedModel('simulated', { interTokenLatencyMs: 5, contextTokens: 65_536 }),
  ]);
  service = await startConversationsService(product);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

const model = 'simulated';

/** The status, code and field of a refusal. */
async function refusal(
  work: Promise<unknown>,
): Promise<readonly [number | undefined, string | null | undefined, string | null | undefined]> {
  const error: unknown = await work.then(
    () => assert.fail('it was not refused'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof OpenAI.APIError, String(error));
  return [error.status as number | undefined, error.code, error.param];
}

async function collect(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

test('a conversation is made, read, changed and deleted, and so are its items', async () => {
  const made = await client.conversations.create({
    metadata: { topic: 'one' },
    items: [
      { type: 'message', role: 'user', content: 'Hello' },
      { type: 'message', role: 'assistant', content: 'Hi' },
    ],
  });
  assert.equal(made.object, 'conversation');
  assert.match(made.id, /^conv_/);
  const updated = await client.conversations.update(made.id, { metadata: { topic: 'two' } });
  assert.deepEqual(updated, { ...made, metadata: { topic: 'two' } });
  assert.deepEqual(await client.conversations.retrieve(made.id), updated);

  const added = await client.conversations.items.create(made.id, {
    items: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'NUL \u0000 and half a pair \ud83d' }] },
    ],
  });
  const [item] = added.data;
  assert.ok(item?.type === 'message');
  assert.deepEqual(await client.conversations.items.retrieve(item.id, { conversation_id: made.id }), item);
  const newest = await client.conversations.items.list(made.id, { limit: 2 });
  assert.equal(newest.has_more, true);
  assert.deepEqual(newest.data[0], item);
  const all = [];
  for await (const one of client.conversations.items.list(made.id, { order: 'asc', limit: 2 })) all.push(one.id);
  assert.equal(all.length, 3);
  assert.equal(all[2], item.id);

  const left = await client.conversations.items.delete(item.id, { conversation_id: made.id });
  assert.equal(left.id, made.id);
  const gone = client.conversations.items.retrieve(item.id, { conversation_id: made.id });
  assert.deepEqual(await refusal(gone), [404, 'not_found', null]);
  assert.equal((await client.conversations.delete(made.id)).deleted, true);
  assert.deepEqual(await refusal(client.conversations.retrieve(made.id)), [404, 'not_found', null]);
  assert.deepEqual(await refusal(client.conversations.items.list(made.id)), [404, 'not_found', null]);
});

test('a conversation of 1,000 turns still takes the next one', { timeout: 120_000 }, async () => {
  const { id } = await client.conversations.create();
  const turns = Array.from({ length: 1_000 }, (_, turn) => [
    { type: 'message' as const, role: 'user' as const, content: `Question ${turn}` },
    { type: 'message' as const, role: 'assistant' as const, content: `Answer ${turn}` },
  ]).flat();
  for (let at = 0; at < turns.length; at += 20) {
    await client.conversations.items.create(id, { items: turns.slice(at, at + 20) });
  }
  const ask = { model, conversation: id, input: '[[length=5]] and now?', temperature: 0 };
  const before = await client.responses.inputTokens.count({ model, conversation: id, input: ask.input });
  assert.ok(before.input_tokens > 4_000, `${before.input_tokens} tokens`);
  const answer = await client.responses.create(ask);
  assert.equal(answer.status, 'completed');
  assert.equal(answer.usage?.input_tokens, before.input_tokens);
  let count = 0;
  for await (const _ of client.conversations.items.list(id, { limit: 100 })) count++;
  assert.equal(count, 2_002);
  const tooLong = await client.responses.inputTokens.count({ model: demoChat.model, conversation: id });
  assert.ok(tooLong.input_tokens > 2_048, 'what does not fit is counted too');
  // Only a part of it fits into the shipped model's context.
  const small = { ...ask, model: demoChat.model, input: 'What is a Pod?', max_output_tokens: 64 };
  assert.deepEqual(await refusal(client.responses.create(small)), [400, 'context_length_exceeded', 'input']);
  const cut = await client.responses.create({ ...small, truncation: 'auto' });
  assert.ok(cut.status === 'completed' || cut.status === 'incomplete');
  assert.ok((cut.usage?.input_tokens ?? 0) > 1_000, `${cut.usage?.input_tokens} tokens`);
});

test('what another project has is not there', async () => {
  const mine = await client.responses.create({ model, input: '[[length=5]]' });
  const talk = await client.conversations.create();
  const other = new OpenAI({ baseURL: product.baseUrl, apiKey: product.addKey({ project: '営業部' }), maxRetries: 0 });
  const { id } = mine;
  for (const work of [
    () => other.responses.retrieve(id),
    () => other.responses.retrieve(id, { stream: true }),
    () => other.responses.cancel(id),
    () => other.responses.delete(id),
    () => other.responses.inputItems.list(id),
    () => other.responses.create({ model, input: 'hello', previous_response_id: id }),
    () => other.responses.create({ model, input: 'hello', conversation: talk.id }),
    () => other.conversations.retrieve(talk.id),
    () => other.conversations.items.create(talk.id, { items: [{ type: 'message', role: 'user', content: 'x' }] }),
    () => other.conversations.delete(talk.id),
  ]) {
    assert.deepEqual((await refusal(work())).slice(0, 2), [404, 'not_found']);
  }
  assert.equal((await client.responses.retrieve(id)).id, id);
});

test('what cannot be done is refused before a reply begins, with its field', async () => {
  const ask = { model, input: 'hello' };
  const created = await client.responses.create({ ...ask, input: '[[length=5]]' });
  const long = { model: demoChat.model, input: 'word '.repeat(5_000), stream: true } as const;
  assert.deepEqual((await refusal(client.responses.create(long))).slice(0, 2), [400, 'context_length_exceeded']);
  assert.deepEqual((await refusal(client.responses.create({ ...ask, model: 'none' }))).slice(0, 2), [
    404,
    'model_not_found',
  ]);
  const inBackground = client.responses.create({ ...ask, model: 'none', background: true });
  assert.deepEqual((await refusal(inBackground)).slice(0, 2), [404, 'model_not_found']);
  const two = client.responses.create({ ...ask, previous_response_id: created.id, conversation: 'conv_1' });
  assert.deepEqual(await refusal(two), [400, 'invalid_value', 'previous_response_id']);
  const unstored = client.responses.create({ ...ask, background: true, store: false });
  assert.deepEqual(await refusal(unstored), [400, 'invalid_value', 'background']);
  const web = client.responses.create({ ...ask, tools: [{ type: 'web_search' }] });
  assert.deepEqual(await refusal(web), [400, 'unsupported_parameter', 'tools[0].type']);
  const image = { type: 'input_image' as const, image_url: 'https://example.com/a.png', detail: 'auto' as const };
  const looking = client.responses.create({ ...ask, input: [{ role: 'user', content: [image] }] });
  assert.deepEqual(await refusal(looking), [400, 'unsupported_parameter', 'input[0].content[0]']);
  const near = client.post('/responses', { body: { ...ask, temprature: 1 } });
  assert.deepEqual(await refusal(near), [400, 'unknown_parameter', 'temprature']);
  assert.deepEqual(await refusal(client.responses.create({ model })), [400, 'invalid_value', 'input']);
});

test('a response that is not stored is answered and leaves nothing behind', async () => {
  const ask = { model, input: '[[length=20]]', store: false, temperature: 0 };
  const answer = await client.responses.create(ask);
  assert.equal(answer.status, 'completed');
  assert.equal((answer as unknown as { store: boolean }).store, false);
  assert.deepEqual((await refusal(client.responses.retrieve(answer.id)))[0], 404);
  const events = await collect(await client.responses.create({ ...ask, stream: true }));
  const end = events.at(-1);
  assert.ok(end?.type === 'response.completed');
  assert.deepEqual(
    events.map(({ sequence_number: number }) => number),
    events.map((_, index) => index),
  );
});

test('the same Idempotency-Key is answered by the same response, unless it was refused', async () => {
  const headers = { 'Idempotency-Key': 'twice' };
  const ask = { model, input: '[[length=20]]' };
  const unknown = client.responses.create({ ...ask, model: 'none' }, { headers });
  assert.deepEqual((await refusal(unknown))[1], 'model_not_found');
  const first = await client.responses.create(ask, { headers });
  const second = await client.responses.create(ask, { headers });
  assert.deepEqual(second, first);
  const other = client.responses.create({ ...ask, input: 'other' }, { headers });
  assert.deepEqual((await refusal(other)).slice(0, 2), [409, 'conflict']);
});

test('a client that leaves its stream cancels it, and the engine stops', async () => {
  const stream = await client.responses.create({ model, input: '[[length=5000]]', stream: true });
  let id = '';
  for await (const event of stream) {
    if (event.type === 'response.created') id = event.response.id;
    if (event.type === 'response.output_text.delta') break;
  }
  await until('it is cancelled', 5_000, async () => (await client.responses.retrieve(id)).status === 'cancelled');
});

test('an answer that reaches its limit is incomplete and says why', async () => {
  const answer = await client.responses.create({ model, input: '[[length=50]]', max_output_tokens: 10 });
  assert.equal(answer.status, 'incomplete');
  assert.deepEqual(answer.incomplete_details, { reason: 'max_output_tokens' });
  assert.equal(answer.output[0]?.type === 'message' && answer.output[0].status, 'incomplete');
});

test('input items are listed in pages, newest first unless asked otherwise', async () => {
  const input = ['one', 'two', 'three'].map((content) => ({ role: 'user' as const, content }));
  const { id } = await client.responses.create({ model, input, max_output_tokens: 5 });
  const page = await client.responses.inputItems.list(id, { limit: 2 });
  assert.equal(page.has_more, true);
  const texts = [];
  for await (const item of client.responses.inputItems.list(id, { limit: 2, order: 'asc' })) {
    const part = item.type === 'message' ? item.content[0] : undefined;
    texts.push(part?.type === 'input_text' ? part.text : '');
  }
  assert.deepEqual(texts, ['one', 'two', 'three']);
});
