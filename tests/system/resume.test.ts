import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ChatChunk, type ChatCompletion, mergeChunks } from '@kumiki/openai';
import { structuredBodies, until } from '@kumiki/testing';
import { demoChat, type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';

const actFor = 'key_reader';

let product: Product;
let serviceKey: string;
before(async () => {
  product = await startProduct([
    { ...demoChat, replicas: 2 },
    simulatedModel('sim', { replicas: 2, interTokenLatencyMs: 20 }),
  ]);
  product.addKey({ id: actFor });
  serviceKey = product.addKey({ roles: ['service'] });
});
after(() => product[Symbol.asyncDispose]());

type Body = Readonly<Record<string, unknown>>;

/** Requests a stream as a service that stores the answer. */
function ask(body: Body): Promise<Response> {
  return fetch(`${product.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${serviceKey}`,
      'content-type': 'application/json',
      'x-kumiki-act-for': actFor,
      'x-kumiki-token-ids': '1',
    },
    body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
  });
}

/** The frames of a complete stream, without `[DONE]` and comments. */
function framesOf(text: string): string[] {
  const frames = text.split(/(?<=\n\n)/);
  assert.equal(frames.pop(), 'data: [DONE]\n\n', text.slice(-300));
  return frames.filter((frame) => frame !== ': ping\n\n');
}

function answerOf(frames: readonly string[]): ChatCompletion {
  const chunks = frames.map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '') as ChatChunk);
  const answer = mergeChunks(chunks);
  assert.ok(answer?.usage !== undefined);
  // Cached tokens may differ.
  const { prompt_tokens_details: _cached, ...usage } = answer.usage;
  return { ...answer, usage };
}

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string', maxLength: 20 } }, required: ['city'] },
  },
};

const bodies: Readonly<Record<string, Body>> = {
  text: { messages: [{ role: 'user', content: 'What is a pod?' }], max_completion_tokens: 32 },
  'text in Japanese with a stop text': {
    messages: [{ role: 'user', content: 'ゲートウェイとは何ですか?' }],
    max_completion_tokens: 32,
    stop: ['。'],
  },
  'a tool call': {
    messages: [{ role: 'user', content: 'What is the weather in Tokyo?' }],
    tools: [weather],
    tool_choice: 'required',
    max_completion_tokens: 48,
  },
  'an object of a schema': structuredBodies(48)[0] ?? {},
};

for (const [name, body] of Object.entries(bodies)) {
  test(`resumed at every cut, ${name} is what it is undisturbed`, async () => {
    const request = { ...body, model: 'demo-chat', temperature: 0 };
    const undisturbed = await ask(request);
    const revision = undisturbed.headers.get('x-kumiki-revision');
    assert.equal(revision, 'test');
    const whole = framesOf(await undisturbed.text());
    const expected = answerOf(whole);
    assert.ok(whole.length > 4);
    for (let cut = 1; cut <= whole.length; cut++) {
      const head = whole.slice(0, cut);
      const response = await ask({ ...request, kumiki_resume: { revision, frames: head.join('') } });
      assert.equal(response.status, 200);
      const rest = framesOf(await response.text());
      assert.deepEqual(answerOf([...head, ...rest]), expected, `cut at ${cut} of ${whole.length}`);
      assert.ok(
        rest.every((frame) => !frame.includes('"role"')),
        'the role is said once',
      );
    }
  });
}

test('a resumed answer goes on when the worker that took it over dies as well', async () => {
  const request = {
    model: 'sim',
    temperature: 0,
    max_completion_tokens: 120,
    messages: [{ role: 'user', content: 'Go on for long [[length=100]]' }],
  };
  const whole = framesOf(await (await ask(request)).text());
  const head = whole.slice(0, 10);
  const response = await ask({ ...request, kumiki_resume: { revision: 'test', frames: head.join('') } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.ok(reader !== undefined);
  let text = '';
  let killed = false;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    text += piece.value;
    if (killed || text.split('\n\n').length < 10) continue;
    killed = true;
    const id = response.headers.get('x-kumiki-replica');
    product
      .workers()
      .find((worker) => worker.id === id)
      ?.signal('SIGKILL');
  }
  assert.ok(killed);
  const rest = framesOf(text);
  assert.deepEqual(answerOf([...head, ...rest]), answerOf(whole));
  await until('the worker is replaced', 20_000, () => product.workers().length === 4);
});
