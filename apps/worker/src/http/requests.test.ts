import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestWorker, testModel } from '../testing/test-worker.ts';

const worker = await startTestWorker({ engine: { contextTokens: 512 } });
after(() => worker.close());

const chat = '/v1/chat/completions';
const hello = { model: testModel, messages: [{ role: 'user', content: 'Hello' }] };

interface Refusal {
  error: { code: string; param: string | null; message: string; type: string };
}

async function refusal(path: string, body: unknown, status: number): Promise<Refusal['error']> {
  const response = await worker.post(path, body);
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.ok(response.headers.get('x-request-id'));
  assert.equal(response.headers.get('x-should-retry'), 'false');
  const { error } = JSON.parse(text) as Refusal;
  assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type']);
  return error;
}

test('an unknown field is refused with the one that was meant, at any depth', async () => {
  const error = await refusal(chat, { ...hello, temprature: 1 }, 400);
  assert.deepEqual([error.code, error.param], ['unknown_parameter', 'temprature']);
  assert.match(error.message, /Did you mean 'temperature'/);
  const nested = await refusal(chat, { ...hello, messages: [{ role: 'user', content: 'a', nmae: 'b' }] }, 400);
  assert.deepEqual([nested.code, nested.param], ['unknown_parameter', 'messages[0].nmae']);
});

test('what cannot be honoured is refused by name, and null in it is not', async () => {
  for (const [name, value] of [
    ['audio', { voice: 'x' }],
    ['web_search_options', {}],
    ['modalities', ['audio']],
  ] as const) {
    const error = await refusal(chat, { ...hello, [name]: value }, 400);
    assert.deepEqual([error.code, error.param], ['unsupported_parameter', name]);
  }
  const response = await worker.post(chat, { ...hello, audio: null, max_tokens: 1 });
  assert.equal(response.status, 200);
  await response.body?.cancel();
});

test('fields of the API that have no effect here are accepted', async () => {
  const response = await worker.post(chat, {
    ...hello,
    max_tokens: 1,
    user: 'u',
    store: true,
    metadata: { a: 'b' },
    service_tier: 'auto',
    safety_identifier: 's',
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    reasoning_effort: 'low',
    verbosity: 'low',
    prediction: { type: 'content', content: 'x' },
  });
  assert.equal(response.status, 200, await response.text());
});

test('a top_p of 0 is in range, as the API has it', async () => {
  const response = await worker.post(chat, { ...hello, max_tokens: 1, top_p: 0 });
  assert.equal(response.status, 200, await response.text());
});

test('wrong values are refused with their path and a reason', async () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ temperature: 3 }, 'temperature'],
    [{ n: 9 }, 'n'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    [{ stop: '' }, 'stop'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'wizard', content: 'a' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text'],
    [{ top_logprobs: 2 }, 'top_logprobs'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [{ continue_final_message: true }, 'continue_final_message'],
    [{ logit_bias: { a: 1 } }, 'logit_bias.a'],
  ];
  for (const [more, param] of cases) {
    const error = await refusal(chat, { ...hello, ...more }, 400);
    assert.equal(error.code, 'invalid_value', JSON.stringify(more));
    assert.equal(error.param, param, error.message);
    assert.doesNotMatch(error.message, /undefined/);
  }
});

test('parts of a message that are no text are refused', async () => {
  const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
  const error = await refusal(chat, { ...hello, messages: [{ role: 'user', content: [image] }] }, 400);
  assert.deepEqual([error.code, error.param], ['unsupported_parameter', 'messages[0].content[0]']);
});

test('a prompt or a budget beyond the context is refused before the reply begins, streamed or not', async () => {
  for (const stream of [false, true]) {
    const long = await refusal(chat, { ...hello, stream, messages: [{ role: 'user', content: 'x'.repeat(600) }] }, 400);
    assert.equal(long.code, 'context_length_exceeded');
    const greedy = await refusal(chat, { ...hello, stream, max_tokens: 512 }, 400);
    assert.equal(greedy.code, 'context_length_exceeded');
  }
});

test('a body that is no JSON, nests too deep or is too large is refused', async () => {
  assert.equal((await refusal(chat, '{"a":', 400)).code, 'invalid_json');
  assert.equal((await refusal(chat, '[]', 400)).code, 'invalid_json');
  assert.equal((await refusal(chat, `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 400)).code, 'body_too_deep');
  assert.equal((await refusal(chat, `{"a":"${'x'.repeat(34_000_000)}"}`, 413)).code, 'body_too_large');
});

test('unknown paths, wrong methods, unknown models and the wrong kind of model are refused', async () => {
  assert.equal((await refusal('/v1/chat/completion', hello, 404)).code, 'unknown_route');
  assert.equal((await refusal('/v1/models', {}, 405)).code, 'method_not_allowed');
  assert.match((await refusal(chat, { ...hello, model: 'test-modle' }, 404)).message, /Did you mean 'test-model'/);
  assert.equal((await refusal('/v1/embeddings', { model: testModel, input: 'a' }, 400)).code, 'unsupported_parameter');
  const absent = await fetch(`${worker.url}/v1/models/other`);
  assert.equal(absent.status, 404);
  await absent.body?.cancel();
});

test('a grammar that cannot be followed is refused before a stream begins', async () => {
  const schema = { $ref: '#/$defs/nowhere' };
  const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
  assert.equal((await refusal(chat, { ...hello, stream: true, response_format: format }, 400)).code, 'invalid_value');
});

test('with a token set, all but health demand it', async () => {
  const guarded = await startTestWorker({ token: 'a-token-of-this-worker' });
  const status = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
    const response = await fetch(guarded.url + path, { headers });
    await response.body?.cancel();
    return response.status;
  };
  try {
    assert.equal(await status('/health'), 200);
    for (const path of ['/metrics', '/v1/models', '/v1/models/x', '/nowhere']) assert.equal(await status(path), 401);
    assert.equal(await status('/v1/models', { authorization: 'Bearer wrong' }), 401);
    assert.equal(await status('/v1/models', { authorization: 'Bearer a-token-of-this-worker' }), 200);
    assert.equal((await guarded.post(chat, hello)).status, 401);
  } finally {
    await guarded.close();
  }
});

test('a chat whose body cannot fit the context is refused before it is read, with the numbers', async () => {
  // The limit allows for each token 6 times its longest bytes and 512 around a message, and 4 MiB beside them.
  const body = JSON.stringify({ ...hello, messages: [{ role: 'user', content: 'x'.repeat(8_000_000) }] });
  const error = await refusal(chat, body, 400);
  assert.deepEqual([error.code, error.param], ['context_length_exceeded', 'messages']);
  assert.match(error.message, /maximum context length is 512 tokens; the request asks for \d{4,} /);
});

test('a request whose preparation takes longer than its deadline is refused, and the worker serves on', async () => {
  const impatient = await startTestWorker({ preparation: { inlineBytes: 1_024, baseMs: 1, perMebibyteMs: 0 } });
  try {
    const large = { ...hello, messages: Array.from({ length: 4_000 }, () => hello.messages[0]) };
    for (let round = 0; round < 3; round++) {
      const response = await impatient.post(chat, large);
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as Refusal).error.code, 'too_complex');
      const small = await impatient.post(chat, { ...hello, max_tokens: 1 });
      assert.equal(small.status, 200);
      await small.body?.cancel();
    }
    assert.equal(impatient.deaths, 0);
  } finally {
    await impatient.close();
  }
});
