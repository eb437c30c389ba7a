import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runUnits } from '@kumiki/testing';
import { createAnswer } from '../../apps/worker/src/answer/answer.ts';
import { createStopMatcher } from '../../apps/worker/src/answer/stop-matcher.ts';
import { textLogprobs } from '../../apps/worker/src/answer/text-logprobs.ts';
import { createTokenDecoder, createTokenTexts } from '../../apps/worker/src/answer/token-decoder.ts';
import { templateMessages } from '../../apps/worker/src/chat/template-messages.ts';
import { createChatRenderer } from '../../apps/worker/src/engine/llama/chat-template.ts';
import { guardControlText } from '../../apps/worker/src/engine/llama/control-text.ts';
import { grammarText } from '../../apps/worker/src/engine/llama/grammar-from-schema.ts';
import { numberBody } from '../../apps/worker/src/engine/llama/number-range.ts';
import { parallelReadings } from '../../apps/worker/src/engine/llama/schema-ambiguity.ts';
import { bytesOfToken } from '../../apps/worker/src/engine/llama/token-bytes.ts';
import { createPromptTokenizer } from '../../apps/worker/src/engine/llama/tokenize-prompt.ts';
import { render as renderSimulated } from '../../apps/worker/src/engine/simulated/chat-template.ts';
import { sampleJson } from '../../apps/worker/src/engine/simulated/json-sample.ts';
import { createVocabulary } from '../../apps/worker/src/engine/simulated/vocabulary.ts';
import { type Growth, whyNotLinear } from './measure-growth.ts';

/**
 * A worker processes untrusted texts, tokens and schemas in linear time, whatever their content. A new function belongs
 * on one of these lists.
 */

const ofText: Growth = { sizes: [500, 4_000, 16_000], floorMs: 50 };
/** For parts of a schema, messages, tokens. */
const ofParts: Growth = { sizes: [25, 100, 400, 1_600], floorMs: 40 };

const controlTexts = ['<|im_start|>', '<|im_end|>', '<s>', '</s>', 'aaaab', '....!'];
const chat = (content: string) => ({
  messages: [{ role: 'user', content }],
  tools: null,
  addGenerationPrompt: true,
  continueFinalMessage: false,
});
const renderChat = createChatRenderer({ source: null, bosText: '<s>', eosText: '</s>', controlTexts });
const vocabulary = createVocabulary(4_096);
/** Every byte is a token, so that characters are split. */
const tokenTexts = createTokenTexts((token) => Uint8Array.of(token));
const tokensOf = (text: string) => new TextEncoder().encode(text);
const tokenizer = createPromptTokenizer(
  {
    cutTexts: controlTexts,
    cutsBetweenWords: true,
    windows: { kind: 'bpe', digitsTogether: false, strips: false, wholeTexts: controlTexts },
    bytesInText: (token) => Uint8Array.of(token),
    tokenize: (text) => [...tokensOf(text)],
    withBeginning: (tokens) => tokens,
  },
  1_000_000,
);

function run(work: Generator<unknown, unknown, void>): void {
  while (work.next().done !== true);
}

function orRefusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const schemaText = (schema: Record<string, unknown>): unknown =>
  orRefusal(() => grammarText({ kind: 'json_schema', schema }));

/** Functions of a text. */
const texts: Readonly<Record<string, (text: string) => unknown>> = {
  'the stop matcher, of stops that are parts of each other'(text) {
    const unit = text.slice(0, 255);
    const matcher = createStopMatcher([
      `${unit}\u0001`,
      `${unit.slice(1)}\u0002`,
      `${unit.slice(0, 99)}\u0003`,
      '\u0004',
    ]);
    for (const character of text) matcher.push(character);
  },
  'the token decoder, byte by byte'(text) {
    const decoder = createTokenDecoder(tokenTexts);
    for (const token of tokensOf(text)) decoder.push(token);
    decoder.flush();
  },
  'an answer with tools, stops and log-probabilities'(text) {
    const answer = createAnswer({
      texts: tokenTexts,
      stops: [`${text.slice(0, 200)}\u0001`],
      tools: { names: new Set(['f']), maxCalls: 8 },
      maxTokens: Infinity,
      logprobs: true,
    });
    for (const token of tokensOf(text)) {
      if (answer.finishReason !== null) break;
      answer.push({ token, logprob: -1, top: [{ token, logprob: -1 }] });
    }
    answer.end('length');
  },
  'log-probabilities of a text': (text) =>
    textLogprobs(
      Array.from(text, (token) => ({
        token,
        logprob: -1,
        bytes: [],
        top_logprobs: [{ token, logprob: -1, bytes: [] }],
      })),
      0,
    ),
  'the guard of control texts': (text) => guardControlText({ text }, controlTexts).split(text),
  'a chat by ChatML': (text) => renderChat(chat(text)),
  'a chat of the simulated engine': (text) => renderSimulated(chat(text)),
  'the cutting of a prompt': (text) => run(tokenizer([{ text, plain: false }], true)),
  'tokens of the simulated engine': (text) => vocabulary.tokenize(text, true),
  'the arguments of a call': (text) =>
    templateMessages([
      {
        role: 'assistant',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: `{"a":"${text}` } }],
      },
    ]),
  'bytes of a token': (text) => [
    bytesOfToken('bpe', { text, attributes: 0 }),
    bytesOfToken('spm', { text, attributes: 0 }),
  ],
  'a schema with a long constant': (text) => schemaText({ const: text }),
  'a schema with a long name': (text) => schemaText({ type: 'object', properties: { [text]: {} }, required: [text] }),
  'a schema with a long reference': (text) => schemaText({ $ref: `#/${text}` }),
  'a schema with an unknown type': (text) => schemaText({ type: text }),
};

const many = <Value>(count: number, make: (at: number) => Value): Value[] =>
  Array.from({ length: count }, (_, at) => make(at));
const nested = (depth: number, wrap: (inner: object) => object): object => {
  let schema: object = { type: 'string' };
  for (let level = 0; level < depth; level++) schema = wrap(schema);
  return schema;
};
const named = (count: number, make: (at: number) => unknown) =>
  Object.fromEntries(many(count, (at) => [`p${at}`, make(at)]));

/** Schemas by number of parts. */
const schemas: Readonly<Record<string, (parts: number) => object>> = {
  'required properties': (parts) => {
    const properties = named(parts, () => ({ type: 'string' }));
    return { type: 'object', properties, required: Object.keys(properties) };
  },
  'optional properties': (parts) => ({ type: 'object', properties: named(parts, () => ({ type: 'string' })) }),
  'required names that are not declared': (parts) => ({ type: 'object', required: many(parts, (at) => `p${at}`) }),
  'values that begin alike': (parts) => ({ enum: many(parts, (at) => `${'a'.repeat(50)}${at}`) }),
  'values of one length more each': (parts) => ({
    enum: many(Math.ceil(Math.sqrt(parts)) * 4, (at) => 'a'.repeat(at)),
  }),
  alternatives: (parts) => ({ anyOf: many(parts, (at) => ({ type: 'object', properties: { a: { const: at } } })) }),
  'alternatives of one name': (parts) => ({
    anyOf: many(parts, (at) => ({ type: 'object', properties: { a: { const: at } }, required: ['a'] })),
  }),
  'nested alternatives': (parts) => nested(parts, (inner) => ({ anyOf: [inner, { type: 'null' }] })),
  'nested arrays': (parts) => nested(parts, (inner) => ({ type: 'array', items: inner })),
  'references in a row': (parts) => ({
    $ref: '#/$defs/p0',
    $defs: named(parts, (at) => ({ type: 'array', items: { $ref: `#/$defs/p${(at + 1) % parts}` } })),
  }),
  'references to all': (parts) => ({
    $ref: '#/$defs/p0',
    $defs: named(parts, () => ({ anyOf: many(8, (at) => ({ $ref: `#/$defs/p${at}` })) })),
  }),
  'parts that all must hold': (parts) => ({ allOf: many(parts, (at) => ({ properties: { [`p${at}`]: {} } })) }),
  'items by place': (parts) => ({ prefixItems: many(parts, () => ({ type: 'string' })) }),
  'numbers between limits': (parts) => ({
    type: 'object',
    properties: named(parts, (at) => ({ type: 'integer', minimum: at, maximum: 10 ** 15 - at })),
  }),
  lengths: (parts) => ({ type: 'object', properties: named(parts, (at) => ({ type: 'string', maxLength: at })) }),
};

for (const [name, work] of Object.entries(texts)) {
  test(`${name} takes linear time over runs of every class of characters`, async () => {
    const slow: string[] = [];
    for (const unit of runUnits) {
      const why = await whyNotLinear(ofText, (size) => unit.repeat(Math.ceil(size / unit.length)), work);
      if (why !== null) slow.push(`over ${JSON.stringify(unit)}: ${why}`);
    }
    assert.deepEqual(slow, []);
  });
}

for (const [name, make] of Object.entries(schemas)) {
  test(`a schema of ${name} is compiled, weighed and sampled in linear time`, async () => {
    const slow: string[] = [];
    const works: Readonly<Record<string, (schema: Record<string, unknown>) => unknown>> = {
      compiled: schemaText,
      weighed: (schema) => parallelReadings(schema),
      sampled: (schema) => orRefusal(() => sampleJson(schema, 7)),
    };
    for (const [how, work] of Object.entries(works)) {
      const why = await whyNotLinear(ofParts, (size) => make(size) as Record<string, unknown>, work);
      if (why !== null) slow.push(`${how}: ${why}`);
    }
    assert.deepEqual(slow, []);
  });
}

test('a range of numbers is written in a time and a length that do not grow with its limits', async () => {
  for (const integer of [true, false]) {
    for (const [minimum, maximum] of [
      [0, 10 ** 15],
      [-(10 ** 15), 10 ** 15],
      [123_456_789_012, 987_654_321_098_765],
      [-0.000_001, 999_999_999.999_999],
      [1e-7, 1e300],
      [-Number.MAX_VALUE, Number.MAX_VALUE],
    ]) {
      for (const multipleOf of [undefined, 0.000_1, 3]) {
        const began = process.threadCpuUsage();
        const body = numberBody({ minimum, maximum, ...(multipleOf === undefined ? {} : { multipleOf }) }, integer);
        const { user, system } = process.threadCpuUsage(began);
        assert.ok((body ?? '').length < 65_536, `${minimum} to ${maximum}: ${body?.length} characters`);
        assert.ok(user + system < 100_000, `${minimum} to ${maximum}: ${user + system} µs`);
      }
    }
  }
});
