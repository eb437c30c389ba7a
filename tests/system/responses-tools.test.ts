import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { makeParseableTextFormat } from 'openai/lib/parser';
import type { FunctionTool, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type Product, demoChat, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type CannedSearch, startCannedSearch } from './canned-search.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** Functions, file search and structured output of responses, with the official SDK. */

let product: Product;
let service: ConversationsService;
let search: CannedSearch;
let client: OpenAI;
before(async () => {
  product = await startProduct([demoChat, simulatedModel('simulated')]);
  service = await startConversationsService(product);
  search = await startCannedSearch([
    { file_id: 'file-a', filename: 'ports.md', score: 0.9, text: 'The billing service\nlistens on port 4821.' },
    { file_id: 'file-b', filename: 'owners.md', score: 0.5, text: 'Ben owns the billing service.' },
  ]);
  service.route([await service.startReplica('tools', service.database)], [search.route]);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await search[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

const model = demoChat.model;
const weather: FunctionTool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: {
    type: 'object',
    properties: { location: { type: 'string' } },
    required: ['location'],
    additionalProperties: false,
  },
  strict: true,
};

async function collect(stream: AsyncIterable<ResponseStreamEvent>): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function typesOf(events: readonly ResponseStreamEvent[]): string[] {
  return events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
}

test('a function is called, its output is sent back, and the chain knows both', async () => {
  const ask = { model, tools: [weather], temperature: 0 };
  const events = await collect(
    await client.responses.create({ ...ask, input: 'What is the weather in Paris?', stream: true }),
  );
  assert.deepEqual(typesOf(events), [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ]);
  const end = events.at(-1);
  assert.ok(end?.type === 'response.completed');
  const [call] = end.response.output;
  assert.ok(call?.type === 'function_call');
  assert.match(call.call_id, /^call_/);
  assert.match(call.id ?? '', /^fc_/);
  assert.deepEqual(JSON.parse(call.arguments), { location: 'Paris' });
  const output = JSON.stringify({ temperature: 22, condition: 'sunny' });
  const answer = await client.responses.create({
    ...ask,
    previous_response_id: end.response.id,
    input: [{ type: 'function_call_output', call_id: call.call_id, output }],
  });
  assert.match(answer.output_text, /22/);
  assert.match(answer.output_text, /sunny/);
});

test('the same round trip works in a conversation, and its items show the call and its output', async () => {
  const { id: conversation } = await client.conversations.create();
  const ask = { model, tools: [weather], temperature: 0, conversation };
  const first = await client.responses.create({ ...ask, input: 'What is the weather in Paris?' });
  const call = first.output.find(({ type }) => type === 'function_call');
  assert.ok(call?.type === 'function_call');
  const output = JSON.stringify({ temperature: 22, condition: 'sunny' });
  const second = await client.responses.create({
    ...ask,
    input: [{ type: 'function_call_output', call_id: call.call_id, output }],
  });
  assert.match(second.output_text, /22/);
  const { data } = await client.conversations.items.list(conversation, { order: 'asc' });
  assert.deepEqual(
    data.map(({ type }) => type),
    ['message', 'function_call', 'function_call_output', 'message'],
  );
});

test('tool_choice is kept: none calls nothing, a named function is called', async () => {
  const ask = { model: 'simulated', tools: [weather], temperature: 0 };
  const none = await client.responses.create({ ...ask, input: '[[length=10]] Paris?', tool_choice: 'none' });
  assert.ok(none.output.every(({ type }) => type === 'message'));
  const named = await client.responses.create({
    ...ask,
    input: 'Paris?',
    tool_choice: { type: 'function', name: 'get_weather' },
  });
  assert.equal(named.output[0]?.type, 'function_call');
});

test('files are searched first, the passages are cited, and results are shown only when asked for', async () => {
  const ask = {
    model: 'simulated',
    input: '[[say=Ben owns it [2]. It listens on 4821 [1], not on [7].]]',
    tools: [{ type: 'file_search' as const, vector_store_ids: ['vs_1'], max_num_results: 2 }],
    temperature: 0,
  };
  const asked = search.asked.length;
  const events = await collect(
    await client.responses.create({ ...ask, include: ['file_search_call.results'], stream: true }),
  );
  assert.deepEqual(typesOf(events).slice(0, 7), [
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.file_search_call.in_progress',
    'response.file_search_call.searching',
    'response.file_search_call.completed',
    'response.output_item.done',
  ]);
  const { path, project, body } = search.asked[asked] ?? {};
  assert.deepEqual([path, project], ['/v1/vector_stores/vs_1/search', 'test']);
  assert.deepEqual(body, { query: ask.input, max_num_results: 2 });
  const end = events.at(-1);
  assert.ok(end?.type === 'response.completed');
  const [call, message] = end.response.output;
  assert.ok(call?.type === 'file_search_call');
  assert.deepEqual(
    call.results?.map(({ file_id: id, filename }) => [id, filename]),
    [
      ['file-a', 'ports.md'],
      ['file-b', 'owners.md'],
    ],
  );
  assert.ok(message?.type === 'message' && message.content[0]?.type === 'output_text');
  assert.deepEqual(message.content[0].annotations, [
    { type: 'file_citation', file_id: 'file-b', filename: 'owners.md', index: 12 },
    { type: 'file_citation', file_id: 'file-a', filename: 'ports.md', index: 36 },
  ]);
  const added = events.filter((event) => event.type === 'response.output_text.annotation.added');
  assert.deepEqual(
    added.map(({ annotation }) => annotation),
    message.content[0].annotations,
  );

  const without = await client.responses.create(ask);
  assert.ok(without.output[0]?.type === 'file_search_call');
  assert.equal(without.output[0].results, null);
  const forbidden = await client.responses.create({ ...ask, tool_choice: 'none' });
  assert.equal(forbidden.output[0]?.type, 'message');
});

test('the shipped model answers from a passage and cites it', async () => {
  const { output } = await client.responses.create({
    model,
    input: 'Which port does billing use?',
    tools: [{ type: 'file_search', vector_store_ids: ['vs_1', 'vs_2'], max_num_results: 1 }],
    temperature: 0,
  });
  const message = output[1];
  assert.ok(message?.type === 'message' && message.content[0]?.type === 'output_text');
  assert.match(message.content[0].text, /4821/);
  const [citation] = message.content[0].annotations;
  assert.ok(citation?.type === 'file_citation' && citation.filename === 'ports.md');
});

test('a structured answer parses', async () => {
  interface Person {
    readonly name: string;
    readonly age: number;
  }
  const format = makeParseableTextFormat<Person>(
    {
      type: 'json_schema',
      name: 'person',
      strict: true,
      schema: {
        type: 'object',
        properties: { name: { type: 'string', maxLength: 12 }, age: { type: 'integer', minimum: 0, maximum: 150 } },
        required: ['name', 'age'],
        additionalProperties: false,
      },
    },
    (content) => JSON.parse(content) as Person,
  );
  const ask = { model, input: 'Extract: Alice is 30', text: { format }, temperature: 0 };
  const parsed = await client.responses.parse(ask);
  assert.deepEqual(parsed.output_parsed, { name: 'Alice', age: 30 });
  const streamed = await client.responses.stream(ask).finalResponse();
  assert.deepEqual(streamed.output_parsed, { name: 'Alice', age: 30 });
});
