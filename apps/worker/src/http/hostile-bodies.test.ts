import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chatModelPath, startChatEngine } from '../engine/llama/engine-for-tests.ts';
import { promptText, promptTokens } from '../testing/prompt-tokens.ts';
import { startWorkerProcess, stopWorkerProcesses, workerAuthorization } from '../testing/worker-process.ts';

after(stopWorkerProcesses);

const user = (content: string) => ({ role: 'user', content });
const chat = (more: object): string =>
  JSON.stringify({ model: 'm', messages: [user('a')], max_tokens: 1, stream: false, ...more });
const many = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, at) => prefix + at);
const properties = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
const schema = (value: object): string =>
  chat({ response_format: { type: 'json_schema', json_schema: { name: 's', schema: value } } });

/** Bodies that are expensive to process, each with the status of its reply. */
const bodies: Readonly<Record<string, readonly [body: string, status: number]>> = {
  'the most messages': [chat({ messages: Array.from({ length: 16_384 }, () => user('a')) }), 400],
  'as many messages as the context has tokens': [
    chat({ messages: Array.from({ length: 2_048 }, () => user('a')) }),
    400,
  ],
  'control tokens in a text': [chat({ messages: [user('<|im_start|>'.repeat(40_000))] }), 400],
  'every character for private use': [
    chat({
      messages: [
        user(
          'a'.repeat(400_000) +
            many(6_400, '')
              .map((_, at) => String.fromCodePoint(0xe000 + at))
              .join(''),
        ),
      ],
    }),
    400,
  ],
  'tools with many parameters': [
    chat({
      tools: many(128, 'f').map((name) => ({
        type: 'function',
        function: { name, parameters: { type: 'object', properties: properties(many(500, 'p')) } },
      })),
    }),
    400,
  ],
  'a long list of required names': [
    schema({ type: 'object', properties: {}, additionalProperties: { type: 'string' }, required: many(50_000, 'p') }),
    400,
  ],
  'a constant of a megabyte': [schema({ enum: ['x'.repeat(1_000_000)] }), 400],
  'an allOf of many parts': [
    schema({ allOf: many(2_000, 'p').map((name) => ({ properties: properties([name]) })) }),
    400,
  ],
};

/** The longest time that another client waits for a small reply while `work` runs. */
async function longestWaitMs(port: number, work: () => Promise<void>): Promise<number> {
  let longest = 0;
  const ended = new AbortController();
  const done = work().finally(() => ended.abort());
  while (!ended.signal.aborted) {
    const began = performance.now();
    await (
      await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization: workerAuthorization } })
    ).text();
    longest = Math.max(longest, performance.now() - began);
  }
  await done;
  return longest;
}

/**
 * A loaded machine stalls by itself for less than this. Before there were limits, these bodies blocked for up to half a
 * minute.
 */
const allowanceMs = 1_500;

test('the most hostile bodies are refused, and other clients are answered beside them', async () => {
  const worker = startWorkerProcess({ KUMIKI_MODEL_SOURCE: chatModelPath });
  const { port } = await worker.ready();
  const calm = await longestWaitMs(port, async () => {
    for (const _ of Object.keys(bodies)) await (await postChat(port, chat({}))).text();
  });
  const beside = await longestWaitMs(port, async () => {
    for (const [name, [body, status]] of Object.entries(bodies)) {
      const response = await postChat(port, body);
      const text = await response.text();
      assert.equal(response.status, status, `${name}: ${text.slice(0, 300)}`);
    }
  });
  assert.ok(beside < calm + allowanceMs, `${Math.round(beside)} ms beside ${Math.round(calm)} ms`);
});

function postChat(port: number, body: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: workerAuthorization },
    body,
  });
}

test('a prompt that is tokenised in parts has the tokens that it has whole', async () => {
  const engine = await startChatEngine({ contextTokens: 8_192 });
  try {
    const messages = many(400, 'question ').map((text, at) => ({
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: text,
    }));
    const input = { messages, tools: null, addGenerationPrompt: true, continueFinalMessage: false };
    assert.ok(promptText(engine, input).length > 8_192, 'it must be long enough to be cut');
    assert.deepEqual(promptTokens(engine, input), engine.tokenize(promptText(engine, input), true));
  } finally {
    await engine.close();
  }
});
