import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ErrorCode, errorTable } from '@kumiki/api';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { expectErrorBody } from './expect-error.ts';

let product: Product;
before(async () => {
  product = await startProduct([simulatedModel('sim'), simulatedModel('other')]);
});
after(() => product[Symbol.asyncDispose]());

const messages = [{ role: 'user', content: 'Hello' }];
const good = { model: 'sim', messages, max_completion_tokens: 4, temperature: 0 };

function post(
  body: string | Buffer | ReadableStream,
  headers: Readonly<Record<string, string>> = {},
  path = '/chat/completions',
): Promise<Response> {
  return fetch(`${product.baseUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof ReadableStream ? body : new Uint8Array(body),
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
}

async function expectRefusal(response: Response, codes: readonly ErrorCode[], hint: string): Promise<void> {
  const body = await response.text();
  expectErrorBody(body, codes, hint);
  const { code } = (JSON.parse(body) as { error: { code: ErrorCode } }).error;
  assert.equal(response.status, errorTable[code].status, `${hint}: ${body}`);
  assert.match(response.headers.get('x-request-id') ?? '', /\S/, hint);
  assert.equal(response.headers.get('x-should-retry'), String(errorTable[code].retryable), hint);
}

/** A valid request is still answered after the hostile ones. */
async function expectSane(): Promise<void> {
  const response = await post(JSON.stringify(good));
  assert.equal(response.status, 200, await response.clone().text());
  const answer = (await response.json()) as { choices: { message: { content: string } }[] };
  assert.ok((answer.choices[0]?.message.content.length ?? 0) > 0);
}

test('what is not JSON is refused with its reason', async () => {
  const bodies = [
    '',
    ' ',
    '{',
    '}',
    '[]',
    'null',
    '1',
    '"text"',
    '{"model":"sim",}',
    "{'model':'sim'}",
    '{"model":"sim"} {}',
    '{"model":"sim","messages":[}',
    '{"model":"si',
    '{"model":"sim","messages":[{"role":"user","content":"a\u0000b"}]}',
    '{"model":"sim","max_tokens":01,"messages":[]}',
    '{"model":"sim","max_tokens":NaN,"messages":[]}',
    '{"model":"sim","messages":[{"role":"user","content":"\\x41"}]}',
    '{"model":"sim","messages":[{"role":"user","content":"a\nb"}]}',
    '\ufeff{',
    'model=sim&messages=hello',
    '<xml/>',
  ];
  for (const body of bodies) await expectRefusal(await post(body), ['invalid_json', 'invalid_value'], body);
  await expectSane();
});

test('invalid UTF-8 is refused, in strings and out of them', async () => {
  const begin = Buffer.from('{"model":"sim","messages":[{"role":"user","content":"');
  const end = Buffer.from('"}]}');
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe3, 0x81]]) {
    const response = await post(Buffer.concat([begin, Buffer.from(bytes), end]));
    await expectRefusal(response, ['invalid_json'], bytes.join(' '));
  }
  await expectRefusal(await post(Buffer.from([0x7b, 0xff, 0x7d])), ['invalid_json'], 'outside a string');
  await expectSane();
});

test('deep nesting is refused and overflows no stack', async () => {
  const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
  for (const depth of [10_000, 1_000_000]) {
    const arrays = `{"model":"sim","messages":${deep('[', ']', depth)}}`;
    const objects = `{"model":"sim","messages":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
    const open = `{"model":"sim","messages":${'['.repeat(depth)}`;
    await expectRefusal(await post(arrays), ['body_too_deep'], `arrays, ${depth}`);
    await expectRefusal(await post(objects), ['body_too_deep'], `objects, ${depth}`);
    await expectRefusal(await post(open), ['body_too_deep', 'invalid_json'], `unclosed, ${depth}`);
  }
  await expectSane();
});

test('a body of 50 MB is refused, with and without its length said beforehand', async () => {
  const chunk = Buffer.alloc(1_048_576, 'a');
  const head = Buffer.from('{"model":"sim","messages":[{"role":"user","content":"');
  await expectRefusal(
    await post(Buffer.concat([head, ...Array.from({ length: 50 }, () => chunk)])),
    ['body_too_large'],
    'with content-length',
  );
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      if (sent === 50) return controller.close();
      controller.enqueue(sent === 0 ? head : chunk);
      sent += 1;
    },
  });
  await expectRefusal(await post(endless), ['body_too_large'], 'chunked');
  await expectSane();
});

test('wrong types and values are refused, and the field is named', async () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['model', 5],
    ['model', null],
    ['messages', 'hello'],
    ['messages', []],
    ['messages', [1]],
    ['messages', [{ role: 'user' }]],
    ['messages', [{ role: 'nobody', content: 'x' }]],
    ['messages', [{ role: 'user', content: 7 }]],
    ['stream', 'yes'],
    ['temperature', 'hot'],
    ['temperature', -1],
    ['temperature', 99],
    ['top_p', 2],
    ['n', 0],
    ['n', 1.5],
    ['n', 100_000],
    ['max_completion_tokens', -5],
    ['max_completion_tokens', '10'],
    ['max_completion_tokens', 1e300],
    ['stop', 5],
    ['stop', ['a', 'b', 'c', 'd', 'e']],
    ['seed', 'x'],
    ['logprobs', 3],
    ['top_logprobs', 50],
    ['tools', {}],
    ['tool_choice', 'sometimes'],
    ['response_format', { type: 'yaml' }],
    ['response_format', { type: 'json_schema' }],
    ['stream_options', 4],
  ];
  for (const [field, value] of wrong) {
    const response = await post(JSON.stringify({ ...good, [field]: value }));
    const hint = JSON.stringify({ [field]: value });
    const body = await response.clone().text();
    await expectRefusal(response, ['invalid_value', 'invalid_json', 'unsupported_parameter'], hint);
    const { param } = (JSON.parse(body) as { error: { param: string | null } }).error;
    assert.ok(param?.startsWith(field) === true, `${hint}: param is ${param}`);
  }
  await expectSane();
});

test('unknown fields, the continuation key among them, are refused', async () => {
  const response = await post(JSON.stringify({ ...good, max_completion_token: 4 }));
  const body = await response.clone().text();
  await expectRefusal(response, ['unknown_parameter'], 'a misspelt field');
  assert.match(body, /max_completion_tokens/, 'the message suggests the right field');
  const continuation = { id: 'x', created: 1, choices: [{ index: 0, token_ids: [1, 2, 3], finished: false }] };
  const forged = await post(JSON.stringify({ ...good, kumiki_continuation: continuation }));
  await expectRefusal(forged, ['unknown_parameter'], 'a forged continuation');
  const escaped = JSON.stringify({ ...good, X: continuation }).replace('"X"', String.raw`"kumiki\u005fcontinuation"`);
  await expectRefusal(await post(escaped), ['unknown_parameter'], 'a forged continuation, escaped');
});

test('an unknown model is refused with the nearest name, and so is one that the key may not use', async () => {
  const unknown = await post(JSON.stringify({ ...good, model: 'simm' }));
  const text = await unknown.clone().text();
  await expectRefusal(unknown, ['model_not_found'], 'misspelt');
  assert.match(text, /'sim'/);
  await expectRefusal(await post(JSON.stringify({ ...good, model: '' })), ['model_not_found'], 'empty');
  const key = product.addKey({ models: ['other'] });
  const forbidden = await post(JSON.stringify(good), { authorization: `Bearer ${key}` });
  const body = await forbidden.clone().text();
  await expectRefusal(forbidden, ['model_not_found'], 'not allowed');
  assert.doesNotMatch(body, /Did you mean 'sim'/, 'what the key may not use is not named');
});

test('a model named twice gives no access to one that the key may not use', async () => {
  const key = product.addKey({ models: ['other'] });
  const rest = `"messages":${JSON.stringify(messages)},"max_completion_tokens":4`;
  for (const body of [
    `{"model":"other","model":"sim",${rest}}`,
    `{"model":"sim","model":"other",${rest}}`,
    `{"model":"other",${rest},"mod\\u0065l":"sim"}`,
  ]) {
    const response = await post(body, { authorization: `Bearer ${key}` });
    const text = await response.text();
    if (response.status === 200) assert.equal((JSON.parse(text) as { model: string }).model, 'other', body);
    else expectErrorBody(text, ['invalid_json', 'invalid_value', 'model_not_found'], body);
  }
});

test('a name with line breaks injects no header', async () => {
  const response = await post(JSON.stringify({ ...good, model: 'sim\r\nx-injected: 1' }));
  assert.equal(response.headers.get('x-injected'), null);
  await expectRefusal(response, ['model_not_found', 'invalid_value'], 'line breaks in a name');
});

test('bad keys are refused: absent, malformed, mistyped, unknown, expired', async () => {
  const valid = product.apiKey;
  const mistyped = `${valid.slice(0, 10)}${valid[10] === 'a' ? 'b' : 'a'}${valid.slice(11)}`;
  const expired = product.addKey({ expiresAt: 1_000_000_000 });
  const headersToTry: readonly Readonly<Record<string, string>>[] = [
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: `Basic ${Buffer.from(`a:${valid}`).toString('base64')}` },
    { authorization: valid },
    { authorization: `Bearer ${valid} ${valid}` },
    { authorization: 'Bearer sk-something' },
    { authorization: `Bearer ${mistyped}` },
    { authorization: `Bearer ${'kmk_'.padEnd(50, '0')}` },
    { authorization: `Bearer ${expired}` },
    { authorization: `Bearer ${'x'.repeat(8_000)}` },
  ];
  for (const headers of headersToTry) {
    const response = await post(JSON.stringify(good), headers);
    await expectRefusal(response, ['invalid_api_key'], headers['authorization']?.slice(0, 30) ?? '');
  }
  await expectSane();
});

test('a wrong content type, path or method is refused', async () => {
  const typed = await post(JSON.stringify(good), { 'content-type': 'text/plain' });
  await expectRefusal(typed, ['unsupported_media_type'], 'text/plain');
  await expectRefusal(await post('{}', {}, '/chat/completion'), ['unknown_route'], 'a misspelt path');
  await expectRefusal(await post('{}', {}, '/../../etc/passwd'), ['unknown_route'], 'a path out of the tree');
  await expectRefusal(await post('{}', { authorization: '' }, '/messages'), ['unknown_route'], 'without a key');
  const authorization = `Bearer ${product.apiKey}`;
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
    const response = await fetch(`${product.baseUrl}/chat/completions`, { method, headers: { authorization } });
    await expectRefusal(response, ['method_not_allowed'], method);
  }
  await expectSane();
});

test('token ids stay between gateway and worker, also for a client that asks for them', async () => {
  const response = await post(JSON.stringify({ ...good, stream: true }), { 'x-kumiki-token-ids': '1' });
  const text = await response.text();
  assert.match(text, /data: \[DONE\]\n\n$/);
  assert.doesNotMatch(text, /: tokens/);
});
