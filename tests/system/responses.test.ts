import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type Product, demoChat, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** Responses with the official SDK, with the shipped model and a simulated one. */

let product: Product;
let conversations: ConversationsService;
let client: OpenAI;
before(async () => {
  product = await startProduct([demoChat, simulatedModel('simulated', { interTokenLatencyMs: 5 })]);
  conversations = await startConversationsService(product);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await conversations[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

const model = demoChat.model;

async function collect(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function textOf(events: readonly ResponseStreamEvent[]): string {
  return events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
}

test('a response has its text, its usage and every field that the API calls required', async () => {
  const response = await client.responses.create({ model, input: 'What is a Pod?', temperature: 0 });
  assert.equal(response.status, 'completed');
  assert.match(response.id, /^resp_[0-9a-f]{48}$/);
  assert.match(response.output_text, /Pod/);
  assert.ok((response.usage?.output_tokens ?? 0) > 0);
  for (const field of [
    'tools',
    'tool_choice',
    'truncation',
    'text',
    'metadata',
    'background',
    'error',
    'instructions',
  ]) {
    assert.ok(field in response, field);
  }
  const [message] = response.output;
  assert.equal(message?.type, 'message');
  assert.match(message.id ?? '', /^msg_/);
});

test('a stream has its events in order, numbered from 0, and equals what is retrieved', async () => {
  const input = 'Count from 1 to 20.';
  const events = await collect(await client.responses.create({ model, input, temperature: 0, stream: true }));
  assert.deepEqual(
    events.map(({ sequence_number: number }) => number),
    events.map((_, index) => index),
  );
  const types = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
  assert.deepEqual(types, [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  const first = events[0];
  assert.ok(first?.type === 'response.created');
  const retrieved = await client.responses.retrieve(first.response.id);
  assert.equal(retrieved.output_text, textOf(events));
  assert.equal(retrieved.status, 'completed');
  const replayed = await collect(await client.responses.retrieve(first.response.id, { stream: true }));
  assert.deepEqual(replayed, events);
  const rest = await collect(await client.responses.retrieve(first.response.id, { stream: true, starting_after: 4 }));
  assert.deepEqual(rest, events.slice(5));
});

test('a background response is queued, streams to each client that attaches, and the helper resumes it', async () => {
  const created = await client.responses.create({
    model: 'simulated',
    input: '[[length=120]] go',
    background: true,
    metadata: { topic: 'test' },
  });
  assert.equal(created.status, 'queued');
  const whole = await client.responses.stream({ response_id: created.id, starting_after: 3 }).finalResponse();
  assert.equal(whole.status, 'completed');
  assert.deepEqual(whole.metadata, { topic: 'test' });
  const retrieved = await client.responses.retrieve(created.id);
  assert.equal(retrieved.output_text, whole.output_text);
});

test('a cancelled response keeps what was written, and cancelling again changes nothing', async () => {
  const stream = await client.responses.create({
    model: 'simulated',
    input: '[[length=4000]] go',
    background: true,
    stream: true,
  });
  let id = '';
  let seen = '';
  for await (const event of stream) {
    if (event.type === 'response.created') id = event.response.id;
    if (event.type === 'response.output_text.delta') seen += event.delta;
    if (seen.length > 40) break;
  }
  const cancelled = await client.responses.cancel(id);
  assert.equal(cancelled.status, 'cancelled');
  const kept = await client.responses.retrieve(id);
  assert.ok(kept.output_text.startsWith(seen));
  const again = await client.responses.cancel(id);
  assert.deepEqual(again.output, cancelled.output);
  const log = await collect(await client.responses.retrieve(id, { stream: true }));
  assert.equal(textOf(log), kept.output_text);
  await client.responses.delete(id);
  await assert.rejects(client.responses.retrieve(id), OpenAI.NotFoundError);
});

test('a chain of responses and a conversation both remember', async () => {
  const hello = await client.responses.create({ model, input: 'My name is Ben.', temperature: 0 });
  const name = await client.responses.create({
    model,
    input: 'What is my name?',
    previous_response_id: hello.id,
    temperature: 0,
  });
  assert.match(name.output_text, /Ben/);
  const conversation = await client.conversations.create({ metadata: { for: 'test' } });
  await client.responses.create({ model, input: 'My name is Anna.', conversation: conversation.id, temperature: 0 });
  const second = await client.responses.create({
    model,
    input: 'What is my name?',
    conversation: conversation.id,
    temperature: 0,
  });
  assert.match(second.output_text, /Anna/);
  assert.deepEqual(second.conversation, { id: conversation.id });
  const items = [];
  for await (const item of client.conversations.items.list(conversation.id, { order: 'asc', limit: 3 }))
    items.push(item);
  assert.deepEqual(
    items.map((item) => (item.type === 'message' ? item.role : item.type)),
    ['user', 'assistant', 'user', 'assistant'],
  );
});
