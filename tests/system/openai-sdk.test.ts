import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { LengthFinishReasonError } from 'openai/error';
import { makeParseableResponseFormat } from 'openai/lib/parser';
import type { ChatCompletionFunctionTool, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { type Product, demoChat, demoEmbedding, startProduct } from '../product/product.ts';

/** The official SDK with the product and its shipped models. */

let product: Product;
let client: OpenAI;
before(async () => {
  product = await startProduct([demoChat, demoEmbedding]);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(() => product[Symbol.asyncDispose]());

const model = demoChat.model;
const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'What is a gateway?' }];
const greedy = { model, messages, temperature: 0, max_completion_tokens: 48 } as const;

const weather: ChatCompletionFunctionTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
      required: ['city', 'unit'],
      additionalProperties: false,
    },
  },
};

interface Person {
  readonly name: string;
  readonly age: number;
}

const personFormat = makeParseableResponseFormat<Person>(
  {
    type: 'json_schema',
    json_schema: {
      name: 'person',
      strict: true,
      schema: {
        type: 'object',
        properties: { name: { type: 'string', maxLength: 12 }, age: { type: 'integer', minimum: 0, maximum: 150 } },
        required: ['name', 'age'],
        additionalProperties: false,
      },
    },
  },
  (content) => JSON.parse(content) as Person,
);

test('a chat completion has every field that the SDK types promise', async () => {
  const { data: answer, request_id: requestId } = await client.chat.completions.create(greedy).withResponse();
  assert.match(answer.id, /^chatcmpl-/);
  assert.equal(answer.object, 'chat.completion');
  assert.equal(answer.model, model);
  assert.ok(Math.abs(answer.created - Date.now() / 1_000) < 600);
  const [choice] = answer.choices;
  assert.equal(choice?.index, 0);
  assert.equal(choice.message.role, 'assistant');
  assert.equal(choice.message.refusal, null);
  assert.ok((choice.message.content?.length ?? 0) > 0);
  assert.ok(choice.finish_reason === 'stop' || choice.finish_reason === 'length');
  const { usage } = answer;
  assert.ok(usage !== undefined && usage.prompt_tokens > 0 && usage.completion_tokens > 0);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  assert.equal(typeof usage.prompt_tokens_details?.cached_tokens, 'number');
  assert.match(requestId ?? '', /\S/);
});

test('a stream gives the same text as the answer in one piece, and usage when it is asked for', async () => {
  const whole = await client.chat.completions.create(greedy);
  const stream = await client.chat.completions.create({
    ...greedy,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  const ids = new Set<string>();
  const finishes: string[] = [];
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    ids.add(chunk.id);
    assert.equal(chunk.object, 'chat.completion.chunk');
    text += chunk.choices[0]?.delta.content ?? '';
    const finish = chunk.choices[0]?.finish_reason;
    if (typeof finish === 'string') finishes.push(finish);
    if (chunk.choices.length === 0) usage = chunk.usage;
    else assert.equal(chunk.usage, null);
  }
  assert.equal(text, whole.choices[0]?.message.content);
  assert.deepEqual(finishes, [whole.choices[0]?.finish_reason]);
  assert.equal(ids.size, 1);
  assert.equal(usage?.completion_tokens, whole.usage?.completion_tokens);
});

test('without include_usage no chunk has a usage key', async () => {
  for await (const chunk of await client.chat.completions.create({ ...greedy, stream: true })) {
    assert.equal('usage' in chunk, false);
    assert.equal(chunk.choices.length, 1);
  }
});

test('the stream helper of the SDK puts the pieces together', async () => {
  const runner = client.chat.completions.stream({ ...greedy, stream_options: { include_usage: true } });
  const final = await runner.finalChatCompletion();
  const whole = await client.chat.completions.create(greedy);
  assert.equal(final.choices[0]?.message.content, whole.choices[0]?.message.content);
  assert.equal((await runner.totalUsage()).completion_tokens, whole.usage?.completion_tokens);
});

test('a stop text ends the answer and is not part of it', async () => {
  const whole = await client.chat.completions.create(greedy);
  const text = whole.choices[0]?.message.content ?? '';
  const stop = text.slice(5, 9);
  const stopped = await client.chat.completions.create({ ...greedy, stop: [stop, '\u0001never'] });
  assert.equal(stopped.choices[0]?.message.content, text.slice(0, text.indexOf(stop)));
  assert.equal(stopped.choices[0]?.finish_reason, 'stop');
});

test('an answer that reaches its limit finishes with length', async () => {
  const answer = await client.chat.completions.create({ ...greedy, max_completion_tokens: 3 });
  assert.equal(answer.choices[0]?.finish_reason, 'length');
  assert.equal(answer.usage?.completion_tokens, 3);
  const older = await client.chat.completions.create({ model, messages, temperature: 0, max_tokens: 3 });
  assert.equal(older.choices[0]?.message.content, answer.choices[0]?.message.content);
});

test('the same seed gives the same answer, another seed another one', async () => {
  const sample = async (seed: number): Promise<string> => {
    const answer = await client.chat.completions.create({ ...greedy, temperature: 1.5, seed });
    return answer.choices[0]?.message.content ?? '';
  };
  const first = await sample(7);
  assert.equal(await sample(7), first);
  const others = await Promise.all([8, 9, 10].map(sample));
  assert.ok(others.some((text) => text !== first));
});

test('a tool that is required is called with arguments that fit its schema', async () => {
  const answer = await client.chat.completions.create({
    ...greedy,
    messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
    max_completion_tokens: 128,
    tools: [weather],
    tool_choice: 'required',
  });
  const [choice] = answer.choices;
  assert.equal(choice?.finish_reason, 'tool_calls');
  const [call] = choice.message.tool_calls ?? [];
  assert.ok(call?.type === 'function');
  assert.match(call.id, /^call_/);
  assert.equal(call.function.name, 'get_weather');
  const given = JSON.parse(call.function.arguments) as Record<string, unknown>;
  assert.equal(typeof given['city'], 'string');
  assert.ok(['celsius', 'fahrenheit'].includes(String(given['unit'])));
});

test('a streamed tool call has its id and name first and then pieces of its arguments', async () => {
  const stream = await client.chat.completions.create({
    ...greedy,
    messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
    max_completion_tokens: 128,
    tools: [weather],
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
    stream: true,
  });
  let named = 0;
  let argumentsText = '';
  let finish: string | null | undefined;
  for await (const chunk of stream) {
    const choice = chunk.choices[0];
    finish = choice?.finish_reason ?? finish;
    for (const call of choice?.delta.tool_calls ?? []) {
      assert.equal(call.index, 0);
      if (call.id !== undefined) {
        named += 1;
        assert.equal(call.type, 'function');
        assert.equal(call.function?.name, 'get_weather');
        assert.equal(argumentsText, '');
      }
      argumentsText += call.function?.arguments ?? '';
    }
  }
  assert.equal(named, 1);
  assert.equal(finish, 'tool_calls');
  assert.equal(typeof (JSON.parse(argumentsText) as Record<string, unknown>)['city'], 'string');
});

test('the result of a tool is taken back into the conversation', async () => {
  const answer = await client.chat.completions.create({
    ...greedy,
    tools: [weather],
    tool_choice: 'none',
    messages: [
      { role: 'user', content: 'What is the weather in Paris?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '{"temperature": 21}' },
    ],
  });
  assert.equal(answer.choices[0]?.message.tool_calls, undefined);
  assert.ok((answer.choices[0]?.message.content?.length ?? 0) > 0);
});

test('json_schema gives an object of the schema, whole and streamed', async () => {
  const request = {
    ...greedy,
    messages: [{ role: 'user', content: 'Make up a person.' } as const],
    max_completion_tokens: 128,
    response_format: personFormat,
  };
  const answer = await client.chat.completions.parse(request);
  const person = answer.choices[0]?.message.parsed;
  assert.deepEqual(Object.keys(person ?? {}).toSorted(), ['age', 'name']);
  assert.ok(Number.isInteger(person?.age));
  const streamed = await client.chat.completions.stream(request).finalChatCompletion();
  assert.deepEqual(streamed.choices[0]?.message.parsed, person);
});

test('an object that was cut by the limit throws the SDK error for it', async () => {
  await assert.rejects(
    client.chat.completions.parse({ ...greedy, max_completion_tokens: 2, response_format: personFormat }),
    LengthFinishReasonError,
  );
});

test('json_object gives some JSON object', async () => {
  const answer = await client.chat.completions.create({
    ...greedy,
    messages: [{ role: 'user', content: 'Answer in JSON.' }],
    max_completion_tokens: 256,
    response_format: { type: 'json_object' },
  });
  if (answer.choices[0]?.finish_reason === 'stop') {
    assert.equal(typeof JSON.parse(answer.choices[0].message.content ?? ''), 'object');
  } else {
    assert.match(answer.choices[0]?.message.content ?? '', /^\s*\{/);
  }
});

test('logprobs come for each token, whole and streamed alike', async () => {
  const request = { ...greedy, max_completion_tokens: 12, logprobs: true, top_logprobs: 3 } as const;
  const answer = await client.chat.completions.create(request);
  const tokens = answer.choices[0]?.logprobs?.content ?? [];
  assert.equal(tokens.length, answer.usage?.completion_tokens);
  for (const token of tokens) {
    assert.ok(token.logprob <= 0);
    assert.equal(token.top_logprobs.length, 3);
    assert.equal(token.top_logprobs[0]?.token, token.token, 'the greedy token is the likeliest');
  }
  const bytes = tokens.flatMap((token) => token.bytes ?? []);
  assert.equal(Buffer.from(bytes).toString(), answer.choices[0]?.message.content);
  const streamed: string[] = [];
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    streamed.push(...(chunk.choices[0]?.logprobs?.content ?? []).map(({ token }) => token));
  }
  assert.deepEqual(
    streamed,
    tokens.map(({ token }) => token),
  );
});

test('n answers are n choices, whole and streamed', async () => {
  const request = { ...greedy, n: 3, temperature: 2, seed: 1, max_completion_tokens: 16 } as const;
  const answer = await client.chat.completions.create(request);
  assert.deepEqual(
    answer.choices.map(({ index }) => index),
    [0, 1, 2],
  );
  assert.ok(new Set(answer.choices.map(({ message }) => message.content)).size > 1);
  const texts = ['', '', ''];
  const finished = [0, 0, 0];
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    for (const choice of chunk.choices) {
      texts[choice.index] += choice.delta.content ?? '';
      if (choice.finish_reason !== null) finished[choice.index] = (finished[choice.index] ?? 0) + 1;
    }
  }
  assert.deepEqual(finished, [1, 1, 1]);
  assert.deepEqual(
    texts,
    answer.choices.map(({ message }) => message.content),
  );
});

test('text completions work, whole and streamed', async () => {
  const request = { model, prompt: 'A gateway is', temperature: 0, max_tokens: 16 } as const;
  const answer = await client.completions.create(request);
  assert.equal(answer.object, 'text_completion');
  assert.ok((answer.choices[0]?.text.length ?? 0) > 0);
  assert.ok((answer.usage?.completion_tokens ?? 0) > 0);
  let text = '';
  for await (const chunk of await client.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.text ?? '';
  }
  assert.equal(text, answer.choices[0]?.text);
  const echoed = await client.completions.create({ ...request, prompt: ['A gateway is', 'A pod is'] });
  assert.deepEqual(
    echoed.choices.map(({ index }) => index),
    [0, 1],
  );
});

test('embeddings come as the SDK asks for them (base64) and equal to those as numbers', async () => {
  const input = ['a cat sleeps', 'a dog barks', 'a cat sleeps'];
  const packed = await client.embeddings.create({ model: demoEmbedding.model, input });
  const plain = await client.embeddings.create({ model: demoEmbedding.model, input, encoding_format: 'float' });
  assert.deepEqual(
    packed.data.map(({ index }) => index),
    [0, 1, 2],
  );
  for (const [at, { embedding }] of packed.data.entries()) {
    assert.equal(embedding.length, plain.data[at]?.embedding.length);
    assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-3, 'it has length 1');
    for (const [axis, value] of embedding.entries()) {
      assert.ok(Math.abs(value - (plain.data[at]?.embedding[axis] ?? Number.NaN)) < 1e-5);
    }
  }
  assert.deepEqual(packed.data[0]?.embedding, packed.data[2]?.embedding);
  assert.ok(packed.usage.prompt_tokens > 0);
  const one = await client.embeddings.create({ model: demoEmbedding.model, input: 'a dog barks' });
  assert.equal(one.data.length, 1);
});

test('models can be listed and looked up', async () => {
  const listed: string[] = [];
  for await (const { id, object, created, owned_by: owner } of client.models.list()) {
    listed.push(id);
    assert.equal(object, 'model');
    assert.ok(created > 0 && owner.length > 0);
  }
  assert.deepEqual(listed.toSorted(), [demoChat.model, demoEmbedding.model].toSorted());
  assert.equal((await client.models.retrieve(model)).id, model);
  await assert.rejects(client.models.retrieve('no-such-model'), NotFoundError);
});

test('errors arrive as the SDK classes, with code, param and request id', async () => {
  const stranger = new OpenAI({ baseURL: product.baseUrl, apiKey: 'kmk_nonsense', maxRetries: 0 });
  await assert.rejects(stranger.models.list(), (error) => {
    assert.ok(error instanceof AuthenticationError);
    assert.equal(error.code, 'invalid_api_key');
    assert.match(error.requestID ?? '', /\S/);
    return true;
  });
  await assert.rejects(client.chat.completions.create({ ...greedy, model: 'demo-chatt' }), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
  await assert.rejects(client.chat.completions.create({ ...greedy, temperature: 9 }), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.param, 'temperature');
    return true;
  });
});

test('a prompt that is too long is refused before a stream begins', async () => {
  const long: ChatCompletionMessageParam[] = [{ role: 'user', content: 'word '.repeat(200_000) }];
  for (const stream of [true, false]) {
    await assert.rejects(client.chat.completions.create({ ...greedy, messages: long, stream }), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.code, 'context_length_exceeded');
      return true;
    });
  }
});

test('limits are told in headers and enforced', async () => {
  const apiKey = product.addKey({ limits: { requests_per_minute: 1, tokens_per_minute: 100_000, max_concurrent: 5 } });
  const limited = new OpenAI({ baseURL: product.baseUrl, apiKey, maxRetries: 0 });
  const { response } = await limited.chat.completions.create({ ...greedy, max_completion_tokens: 2 }).withResponse();
  assert.equal(response.headers.get('x-ratelimit-limit-requests'), '1');
  assert.equal(response.headers.get('x-ratelimit-remaining-requests'), '0');
  assert.match(response.headers.get('x-ratelimit-reset-requests') ?? '', /^(\d+(\.\d+)?(ms|s|m|h))+$/);
  await assert.rejects(limited.chat.completions.create({ ...greedy, max_completion_tokens: 2 }), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.code, 'rate_limit_exceeded');
    assert.ok(Number(error.headers?.get('retry-after')) >= 1);
    return true;
  });
});
