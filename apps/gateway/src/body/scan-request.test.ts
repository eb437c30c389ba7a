import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scanRequest, type ScannedRequest } from './scan-request.ts';
import type { ScanResult } from './scanned-request.ts';
import { wantedKeys } from './wanted-keys.ts';

type Members = readonly (readonly [key: string, json: string])[];

function scan(text: string): ScanResult {
  return scanRequest(Buffer.from(text));
}

function scanned(text: string): ScannedRequest {
  const result = scan(text);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

/** What the scan must find in a body, read by JSON.parse; null when it must refuse a value. */
function expected(body: Record<string, unknown>): Record<string, unknown> | null {
  const value = (key: string): unknown => body[key] ?? null;
  const options = value('stream_options');
  const include = typeof options === 'object' ? ((options as Record<string, unknown> | null)?.['include_usage'] ?? false) : 0;
  const isFlag = (key: string): boolean => value(key) === null || typeof value(key) === 'boolean';
  const isCount = (key: string, least: number, most = Number.MAX_SAFE_INTEGER): boolean => {
    const count = value(key);
    return count === null || (Number.isInteger(count) && Number(count) >= least && Number(count) <= most);
  };
  const valid =
    (value('model') === null || (typeof value('model') === 'string' && String(value('model')).length <= 255)) &&
    isFlag('stream') &&
    isCount('max_tokens', 0) &&
    isCount('max_completion_tokens', 0) &&
    isCount('n', 1, 128) &&
    (value('temperature') === null || typeof value('temperature') === 'number') &&
    (value('seed') === null || Number.isInteger(value('seed'))) &&
    (isFlag('logprobs') || typeof value('logprobs') === 'number') &&
    typeof options === 'object' && !Array.isArray(options) &&
    typeof include === 'boolean' &&
    (value('messages') === null || Array.isArray(value('messages')));
  if (!valid) return null;
  const messages = value('messages') as { role?: unknown }[] | null;
  return {
    model: value('model'),
    stream: value('stream') ?? false,
    maxTokens: value('max_tokens'),
    maxCompletionTokens: value('max_completion_tokens'),
    n: value('n'),
    temperature: value('temperature'),
    seed: value('seed'),
    logprobs: value('logprobs') !== null && value('logprobs') !== false,
    includeUsage: include,
    hasContinuation: Object.hasOwn(body, 'kumiki_continuation'),
    hasResume: Object.hasOwn(body, 'kumiki_resume'),
    hasTools: value('tools') !== null,
    hasResponseFormat: value('response_format') !== null,
    messages,
    prompt: value('prompt'),
    input: value('input'),
    firstUser: messages?.find((message) => message?.role === 'user') ?? null,
  };
} // prettier-ignore

/** The same, read from the bytes that the scan points at. */
function actual(text: string, value: ScannedRequest): Record<string, unknown> {
  const bytes = Buffer.from(text);
  const parse = (span: { start: number; end: number } | null): unknown =>
    span === null ? null : (JSON.parse(bytes.toString('utf8', span.start, span.end)) as unknown);
  const { modelSpan, streamOptions, firstUserMessageEnd, closeAt, empty, messages, prompt, input, ...rest } = value;
  assert.deepEqual(parse(modelSpan), value.model);
  if (value.includeUsage) assert.equal((parse(streamOptions) as { include_usage: unknown }).include_usage, true);
  const more = `${bytes.toString('utf8', 0, closeAt)}${empty ? '' : ','}"added":1}`;
  assert.equal((JSON.parse(more) as { added: unknown }).added, 1);
  let firstUser: unknown = null;
  if (firstUserMessageEnd !== -1 && messages !== null) {
    const prefix = JSON.parse(`${bytes.toString('utf8', messages.start, firstUserMessageEnd)}]`) as unknown[];
    firstUser = prefix.at(-1);
  }
  return { ...rest, messages: parse(messages), prompt: parse(prompt), input: parse(input), firstUser };
}

/** One of the ways to write a string in JSON: each character plain or as an escape. */
function writtenString(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(text, fc.nat(7)).map(([value, salt]) => {
    if (salt !== 0) return JSON.stringify(value);
    const escape = (at: number): string => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`;
    return `"${Array.from({ length: value.length }, (_, at) => escape(at)).join('')}"`;
  });
}

const role = writtenString(fc.constantFrom('user', 'system', 'assistant', 'tool', 'users'));
const content = writtenString(
  fc.oneof(
    fc.constantFrom('', '"role":"user"', '\\', '\\"', '}]}', '{"model":"x"}', 'ü😀', 'x'.repeat(40), `${'\\'.repeat(31)}"`),
    fc.string(),
  ),
); // prettier-ignore
const space = fc.constantFrom('', '', '', ' ', '\n', '\t ', '\r\n', ' '.repeat(70));
const message = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(role, content, space, fc.boolean()).map(([who, what, gap, first]) => first ? `{${gap}"role"${gap}:${gap}${who},"content":${what}}` : `{"content":${what}${gap},${gap}"role":${who}${gap}}`) },
  { weight: 1, arbitrary: fc.constantFrom('{}', '[]', 'null', '1', '"user"', '{"role":{"role":"user"}}', '{"role":"user","role":"x"}', '{"r\\u006fle":"user"}') },
); // prettier-ignore
const messages = fc
  .tuple(fc.array(message, { maxLength: 3 }), space)
  .map(([list, gap]) => `[${gap}${list.join(`${gap},`)}]`);
const value = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '0', '1', '-1', '2.5', '1e2', '1E400', '9007199254740993', '-0', '"x"', '[]', '{}', '[[{"a":[]}]]', '{"model":"y"}', '{"include_usage":true}', '{"include_usage":1}', '{"include_usage":null,"x":2}'),
  content,
  messages,
  fc.json(),
); // prettier-ignore
const fitting: Record<string, fc.Arbitrary<string>> = {
  model: writtenString(fc.constantFrom('demo', 'org/name:tag', 'ü')),
  stream: fc.constantFrom('true', 'false', 'null'),
  messages,
  n: fc.constantFrom('1', '128', '129'),
  stream_options: fc.constantFrom('{"include_usage":true}', '{ "include_usage" : false }', 'null', '{}'),
};
const key = fc.oneof(
  fc.constantFrom<string>(...wantedKeys.filter((name) => name !== '__proto__')),
  fc.constantFrom('Model', 'models', 'metadata', '', 'max_token', 'rôle'),
);
const member = key.chain((name) =>
  fc.tuple(writtenString(fc.constant(name)), fc.oneof(value, fitting[name] ?? value)).map(([written, json]) => [name, written, json] as const),
); // prettier-ignore
const body = fc
  .tuple(fc.uniqueArray(member, { maxLength: 6, selector: ([name]) => name }), space)
  .map(([members, gap]) => {
    const text = members.map(([, written, json]) => `${gap}${written}${gap}:${gap}${json}${gap}`).join(',');
    return `${gap}{${text}${gap}}${gap}`;
  });

test('what is read is what JSON.parse gives, and only wrong values are refused', () => {
  fc.assert(
    fc.property(body, (text) => {
      const result = scan(text);
      const wanted = expected(JSON.parse(text) as Record<string, unknown>);
      if (wanted === null) assert.equal(result.ok ? 'accepted' : result.code, 'invalid_value');
      else {
        assert.ok(result.ok, JSON.stringify(result));
        assert.deepEqual(actual(text, result.value), wanted);
      }
    }),
    { numRuns: 30_000 },
  );
});

const fragment = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '"model"', '"messages"', '"role"', '"user"', '"stream"', 'true', 'null', '1', '-', ' ', '"a', '\\u006d', '\0', 'ü', '\uFEFF'); // prettier-ignore
const garbage = fc.oneof(
  fc.array(fragment, { maxLength: 16 }).map((parts) => Buffer.from(parts.join(''))),
  fc.array(fragment, { maxLength: 12 }).map((parts) => Buffer.from(`{"messages":[{${parts.join('')}`)),
  fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
);

test('garbage is answered with a value, and what JSON.parse takes as an object is never called broken', () => {
  fc.assert(
    fc.property(garbage, (bytes) => {
      const result = scanRequest(bytes);
      let parsed: unknown;
      try {
        parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
      } catch {
        return;
      }
      const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
      if (!result.ok && result.code === 'invalid_json' && !String(result.details['reason']).includes('duplicate')) {
        assert.equal(isObject, false, bytes.toString());
      }
    }),
    { numRuns: 70_000 },
  );
});

test('a member that stands there twice is refused, however it is written', () => {
  for (const text of [
    '{"model":"a","model":"b"}',
    '{"model":"a","\\u006dodel":"b"}',
    '{"\\u006d\\u006F\\u0064\\u0065\\u006c":"a","x":{"model":"c"},"model":"b"}',
    '{"messages":[],"messages":[]}',
  ]) {
    const result = scan(text);
    assert.ok(!result.ok && result.code === 'invalid_json');
    assert.match(String(result.details['reason']), /^duplicate key '(model|messages)'$/);
  }
  assert.equal(scanned('{"x":1,"x":2,"model":"a"}').model, 'a');
});

test('a wrong value is refused with its name', () => {
  const wrong: Members = [
    ['model', '5'],
    ['model', '["a"]'],
    ['model', JSON.stringify('x'.repeat(256))],
    ['model', '"\\x"'],
    ['stream', '"yes"'],
    ['stream', 'truee'],
    ['max_tokens', '"x"'],
    ['max_tokens', '1.5'],
    ['max_tokens', '01'],
    ['max_completion_tokens', '-1'],
    ['n', '-1'],
    ['n', '0'],
    ['n', '1000'],
    ['messages', '{}'],
    ['messages', '"x"'],
    ['stream_options', 'true'],
    ['temperature', '"hot"'],
  ];
  for (const [param, json] of wrong) {
    const result = scan(`{"${param}":${json}}`);
    assert.ok(!result.ok && result.code === 'invalid_value', `${param} ${json}`);
    assert.equal(result.details['param'], param);
  }
  const nested = scan('{"stream_options":{"include_usage":"yes"}}');
  assert.equal(!nested.ok && nested.details['param'], 'stream_options.include_usage');
});

test('what is no object of JSON in UTF-8 is refused with the reason', () => {
  const broken = ['', ' ', '[]', '1', 'null', '{', '{"a"', '{"a":', '{"a":1', '{"a":1,}', '{a:1}', '{"a":1}}', '{"a":1} x', '{"a":[}', '{"a":"', '{"a":"\\"}', '{,}', "{'a':1}", '\uFEFF{}']; // prettier-ignore
  for (const text of broken) {
    const result = scan(text);
    assert.ok(!result.ok && result.code === 'invalid_json', text);
    assert.notEqual(result.details['reason'], '');
  }
  const latin = scanRequest(Buffer.from('{"model":"\u00fc"}', 'latin1'));
  assert.equal(!latin.ok && latin.details['reason'], 'it is not encoded as UTF-8');
});

test('nesting is refused beyond the limit and taken up to it, in values that are read and in others', () => {
  for (const name of ['messages', 'tools', 'x']) {
    const nested = (levels: number): string => `{"${name}":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    assert.equal(scan(nested(127)).ok, true);
    const result = scan(nested(128));
    assert.deepEqual(!result.ok && [result.code, result.details], ['body_too_deep', { limit: 128 }]);
    assert.equal(scan(`{"${name}":${'[{"a":'.repeat(5_000)}`).ok, false);
  }
});

test('time grows with the length alone, whatever the bytes', () => {
  const long = 4_000_000;
  const hostile = [
    `{"a":"${'\\\\'.repeat(long / 2)}"}`,
    `{"a":"${'\\"'.repeat(long / 2)}"}`,
    `{"a":"${'\\'.repeat(long)}`,
    `{${'"a":1,'.repeat(long / 6)}"b":2}`,
    `{"messages":[${'{"content":"x"},'.repeat(long / 16)}{}]}`,
    `{"messages":[${'"x",'.repeat(long / 4)}1]}`,
    `{"${'\\u006d'.repeat(long / 6)}":1}`,
    `{"model":"${'\\u006d'.repeat(long / 6)}"}`,
    ' '.repeat(long),
    '"'.repeat(long),
    `{"a":[${'""'.repeat(long / 2)}`,
  ];
  for (const text of hostile) {
    const bytes = Buffer.from(text);
    const began = performance.now();
    scanRequest(bytes);
    const took = performance.now() - began;
    assert.ok(took < 1_500, `${text.slice(0, 20)}… took ${took} ms`);
  }
});

test('__proto__ is refused at the top, by any spelling and with any value', () => {
  for (const name of ['"__proto__"', '"\\u005f_proto__"', '"__prot\\u006f__"']) {
    for (const json of ['{"n":3}', '1', 'null', '{"kumiki_continuation":{"id":"x"}}']) {
      for (const text of [`{${name}:${json},"model":"m"}`, `{"model":"m", ${name} : ${json}}`]) {
        const result = scan(text);
        assert.ok(!result.ok && result.code === 'unknown_parameter', text);
        assert.equal(result.details['param'], '__proto__');
      }
    }
  }
});

test('members and elements are counted wherever they are, and texts are not looked into', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => at);
  const bodies: Readonly<Record<string, string>> = {
    'in a list that nobody reads': JSON.stringify({ model: 'm', input: many }),
    'in a map that nobody reads': JSON.stringify({
      model: 'm',
      x: Object.fromEntries(many.map((at) => [`k${at}`, at])),
    }),
    'as members of the body': JSON.stringify({ model: 'm', ...Object.fromEntries(many.map((at) => [`k${at}`, at])) }),
    'as messages': JSON.stringify({ model: 'm', messages: many.map(() => ({ role: 'system' })) }),
    'as members of a message': JSON.stringify({
      model: 'm',
      messages: [Object.fromEntries(many.map((at) => [`k${at}`, at]))],
    }),
    'behind the first message of the user': JSON.stringify({
      model: 'm',
      messages: [{ role: 'user', content: '' }, ...many],
    }),
    'as empty lists': JSON.stringify({ model: 'm', input: many.map(() => []) }),
  };
  for (const [name, text] of Object.entries(bodies)) {
    const result = scanRequest(Buffer.from(text), 500);
    assert.ok(!result.ok, name);
    assert.match(String(result.details['reason']), /more than 500 members and elements/, name);
    assert.ok(scanRequest(Buffer.from(text), 10_000).ok, name);
  }
  assert.ok(scanRequest(Buffer.from(JSON.stringify({ model: 'm', input: ',[{'.repeat(1_000) })), 10).ok);
});

test('white space of any length is skipped, and a number longer than any is refused', () => {
  for (const length of [1, 63, 64, 65, 4_095, 4_159, 4_160, 4_161, 8_257, 100_000]) {
    for (const blank of [' ', '\n', ' \t']) {
      const result = scan(`{${blank.repeat(length)}"model":"a"${blank.repeat(length)}}${blank.repeat(length)}`);
      assert.ok(result.ok && result.value.model === 'a', `${length} × ${JSON.stringify(blank)}`);
    }
  }
  const number = (digits: number): ReturnType<typeof scan> => scan(`{"x":${'9'.repeat(digits)}}`);
  assert.equal(number(1_000).ok, true);
  const refused = number(1_200);
  assert.ok(
    !refused.ok && refused.code === 'invalid_json' && /too long a number/.test(String(refused.details['reason'])),
  );
});
