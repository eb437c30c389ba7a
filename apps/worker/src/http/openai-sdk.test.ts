import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import OpenAI from 'openai';
import { startTestWorker, testModel } from '../testing/test-worker.ts';

const chatWorker = await startTestWorker();
const embeddingWorker = await startTestWorker({ task: 'embedding', engine: { contextTokens: 128 } });
after(() => Promise.all([chatWorker.close(), embeddingWorker.close()]));
const client = new OpenAI({ apiKey: 'none', baseURL: `${chatWorker.url}/v1`, maxRetries: 0 });
const embedder = new OpenAI({ apiKey: 'none', baseURL: `${embeddingWorker.url}/v1`, maxRetries: 0 });

const tool = (name: string): OpenAI.ChatCompletionTool => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
});
const call = (name: string): string => `<tool_call>\n{"name": "${name}", "arguments": {"city": "東京"}}\n</tool_call>`;

test('parallel tool calls stream with an index, an id and arguments of their own', async () => {
  const stream = client.chat.completions.stream({
    model: testModel,
    messages: [{ role: 'user', content: `[[say=${call('one')}\n${call('two')}]]` }],
    tools: [tool('one'), tool('two')],
  });
  const firsts: string[] = [];
  for await (const chunk of stream) {
    for (const part of chunk.choices[0]?.delta.tool_calls ?? []) {
      if (part.id !== undefined)
        firsts.push(`${part.index} ${part.type} ${part.function?.name} "${part.function?.arguments}"`);
    }
  }
  assert.deepEqual(firsts, ['0 function one ""', '1 function two ""']);
  const { message, finish_reason } = (await stream.finalChatCompletion()).choices[0]!;
  assert.equal(finish_reason, 'tool_calls');
  assert.deepEqual(
    message.tool_calls?.map((made) => (made.type === 'function' ? [made.function.name, made.function.arguments] : [])),
    [
      ['one', '{"city": "東京"}'],
      ['two', '{"city": "東京"}'],
    ],
  );
  assert.equal(new Set(message.tool_calls?.map(({ id }) => id)).size, 2);
});

test('tools are called only where they may be', async () => {
  const ask = (more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>): Promise<OpenAI.ChatCompletion> =>
    client.chat.completions.create({
      model: testModel,
      messages: [{ role: 'user', content: `[[say=${call('one')}${call('two')}]]` }],
      tools: [tool('one'), tool('two')],
      ...more,
    });
  assert.equal((await ask({})).choices[0]?.message.tool_calls?.length, 2);
  assert.equal((await ask({ parallel_tool_calls: false })).choices[0]?.message.tool_calls?.length, 1);
  const none = await ask({ tool_choice: 'none' });
  assert.equal(none.choices[0]?.message.tool_calls, undefined);
  assert.equal(none.choices[0]?.finish_reason, 'stop');
  const forced = await ask({ tool_choice: { type: 'function', function: { name: 'two' } } });
  const made = forced.choices[0]?.message.tool_calls?.[0];
  assert.ok(made?.type === 'function' && made.function.name === 'two');
  assert.equal(typeof (JSON.parse(made.function.arguments) as { city: string }).city, 'string');
});

test('the answer in one piece and the streamed one are the same', async () => {
  const body = {
    model: testModel,
    messages: [{ role: 'user' as const, content: 'Hello' }],
    seed: 4,
    logprobs: true,
    n: 2,
  };
  const whole = await client.chat.completions.create(body);
  const streamed = await client.chat.completions.stream(body).finalChatCompletion();
  const essence = (completion: OpenAI.ChatCompletion): unknown =>
    completion.choices.map(({ message, finish_reason, logprobs }) => [
      message.content,
      finish_reason,
      logprobs?.content,
    ]);
  assert.deepEqual(essence(streamed), essence(whole));
  assert.match(whole.choices[0]!.message.content ?? '', /^Simulated answer:/);
  assert.match(whole.system_fingerprint ?? '', /^simulated/);
  assert.notEqual(whole.choices[0]!.message.content, whole.choices[1]!.message.content);
  assert.equal(whole.usage?.total_tokens, whole.usage!.prompt_tokens + whole.usage!.completion_tokens);
});

test('a prompt that was seen before comes from the cache', async () => {
  const content = 'the same beginning '.repeat(40);
  const ask = (): Promise<OpenAI.ChatCompletion> =>
    client.chat.completions.create({ model: testModel, messages: [{ role: 'user', content }], max_tokens: 1 });
  await ask();
  assert.ok(((await ask()).usage?.prompt_tokens_details?.cached_tokens ?? 0) > 30);
});

test('text completions: several prompts, echo, token prompts and log-probabilities', async () => {
  const echoed = await client.completions.create({
    model: testModel,
    prompt: ['one', 'two'],
    max_tokens: 3,
    echo: true,
    n: 2,
  });
  assert.deepEqual(
    echoed.choices.map(({ text }) => text.slice(0, 3)),
    ['one', 'one', 'two', 'two'],
  );
  // Greedy, since a sampled answer may end inside a character, which text and tokens show differently.
  const scored = await client.completions.create({
    model: testModel,
    prompt: [1, 2, 3],
    max_tokens: 6,
    logprobs: 2,
    temperature: 0,
  });
  const { text, logprobs } = scored.choices[0]!;
  assert.equal(logprobs?.tokens?.join(''), text);
  assert.deepEqual(logprobs?.text_offset?.slice(0, 2), [0, logprobs?.tokens?.[0]?.length]);
  assert.equal(scored.usage?.prompt_tokens, 3);
});

test('embeddings come as base64 and as numbers, of one input and of many, and are the same', async () => {
  const base64 = await embedder.embeddings.create({ model: testModel, input: ['a b', 'c'] });
  const float = await embedder.embeddings.create({ model: testModel, input: ['a b', 'c'], encoding_format: 'float' });
  assert.equal(base64.data.length, 2);
  for (const [index, { embedding }] of base64.data.entries()) {
    assert.deepEqual(Array.from(embedding), float.data[index]?.embedding);
    assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-5);
  }
  const own = base64.data[0]!.embedding.length;
  await embedder.embeddings.create({ model: testModel, input: [[1, 2], [3]], dimensions: own });
  await assert.rejects(embedder.embeddings.create({ model: testModel, input: 'a', dimensions: own - 1 }), {
    status: 400,
  });
  await assert.rejects(embedder.embeddings.create({ model: testModel, input: 'x'.repeat(129) }), {
    status: 400,
    code: 'context_length_exceeded',
  });
  await assert.rejects(
    embedder.chat.completions.create({ model: testModel, messages: [{ role: 'user', content: 'a' }] }),
    { status: 400 },
  );
});

test('models can be listed and looked up, and say that they are simulated', async () => {
  const models = await client.models.list();
  assert.deepEqual(
    models.data.map(({ id, owned_by }) => [id, owned_by]),
    [[testModel, 'kumiki-simulated']],
  );
  assert.equal((await client.models.retrieve(testModel)).id, testModel);
});
