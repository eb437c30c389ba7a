import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { promptTokens } from '../../testing/prompt-tokens.ts';
import type { Engine, GenerateEnd, GenerateRequest } from '../engine.ts';
import { createSimulatedEngine } from './create-simulated-engine.ts';
import { sampleJson } from './json-sample.ts';
import { createVocabulary } from './vocabulary.ts';

const fast = { prefillTokensPerSecond: 10_000_000, interTokenLatencyMs: 0 };

function engineOf(simulated: Readonly<Record<string, unknown>> = {}, more: { maxSequences?: number } = {}): Engine {
  return createSimulatedEngine({ task: 'chat', simulated: { ...fast, ...simulated }, faults: null, ...more });
}

function requestOf(engine: Engine, content: string, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    tenant: 'a',
    prompt: promptTokens(engine, {
      messages: [{ role: 'user', content }],
      tools: null,
      addGenerationPrompt: true,
      continueFinalMessage: false,
    }),
    resume: [],
    maxTokens: 100_000,
    sampling: {
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 0,
      seed: 1,
      frequencyPenalty: 0,
      presencePenalty: 0,
      logitBias: new Map(),
    },
    grammar: null,
    topLogprobs: null,
    signal: new AbortController().signal,
    ...more,
  };
}

async function drain(engine: Engine, request: GenerateRequest): Promise<{ tokens: number[]; end: GenerateEnd }> {
  const tokens: number[] = [];
  const answer = engine.generate(request);
  for (;;) {
    const { done, value } = await answer.next();
    if (done === true) return { tokens, end: value };
    tokens.push(value.token);
  }
}

const textOf = (engine: Engine, tokens: readonly number[]): string =>
  Buffer.concat(tokens.map((token) => engine.tokenBytes(token))).toString();

test('tokens stand for the text that they were made of, control tokens only where they are asked for', () => {
  const vocabulary = createVocabulary(4_096);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = vocabulary.tokenize(text, false).flatMap((token) => [...vocabulary.bytesOf(token)]);
      assert.equal(Buffer.from(bytes).toString(), text);
    }),
  );
  assert.equal(vocabulary.tokenize('<|im_end|>', true).length, 1);
  assert.ok(vocabulary.tokenize('<|im_end|>', false).length > 1);
});

test('an answer says that it is simulated, is the same each time, and goes on from any of its tokens', async () => {
  const engine = engineOf();
  const { tokens: whole, end } = await drain(engine, requestOf(engine, 'Hello'));
  assert.match(textOf(engine, whole), /^Simulated answer: /);
  assert.equal(end, 'stop');
  for (const cut of [0, 1, 17, whole.length - 1]) {
    const rest = await drain(engineOf(), requestOf(engine, 'Hello', { resume: whole.slice(0, cut) }));
    assert.deepEqual(rest, { tokens: whole.slice(cut), end: 'stop' });
  }
  const sampled = (seed: number): Promise<{ tokens: number[] }> =>
    drain(
      engine,
      requestOf(engine, 'Hello', { sampling: { ...requestOf(engine, '').sampling, temperature: 1, seed } }),
    );
  assert.deepEqual(await sampled(5), await sampled(5));
  assert.notDeepEqual((await sampled(5)).tokens, (await sampled(6)).tokens);
});

test('directives set the length and the text of an answer', async () => {
  const engine = engineOf();
  assert.equal((await drain(engine, requestOf(engine, '[[length=400]]'))).tokens.length, 400);
  assert.equal(textOf(engine, (await drain(engine, requestOf(engine, '[[say=a 🎉 b]]'))).tokens), 'a 🎉 b');
  const cut = await drain(engine, requestOf(engine, '[[length=400]]', { maxTokens: 30 }));
  assert.deepEqual([cut.tokens.length, cut.end], [30, 'length']);
});

test('JSON is made after its schema', () => {
  const schema = {
    type: 'object',
    properties: {
      kind: { enum: ['a', 'b'] },
      count: { type: 'integer', minimum: 3, maximum: 5 },
      list: { type: 'array', items: { $ref: '#/$defs/node' }, minItems: 2, maxItems: 2 },
      text: { type: 'string', maxLength: 4 },
      either: { anyOf: [{ type: 'null' }, { type: 'boolean' }] },
    },
    required: ['kind', 'count', 'list', 'text', 'either'],
    $defs: { node: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } } } },
  };
  fc.assert(
    fc.property(fc.nat(), (key) => {
      const value = JSON.parse(sampleJson(schema, key)) as Record<string, unknown>;
      assert.ok(value['kind'] === 'a' || value['kind'] === 'b');
      assert.ok([3, 4, 5].includes(value['count'] as number));
      assert.equal((value['list'] as unknown[]).length, 2);
      assert.ok((value['text'] as string).length <= 4);
      assert.ok(value['either'] === null || typeof value['either'] === 'boolean');
    }),
  );
});

test('a step takes its time, and makes a token for each of the batch', async () => {
  const engine = engineOf({ interTokenLatencyMs: 4 });
  const begin = performance.now();
  await drain(engine, requestOf(engine, '[[length=25]]'));
  const tookMs = performance.now() - begin;
  assert.ok(tookMs > 80, `25 tokens at 4 ms each took ${tookMs} ms`);

  const made = Array.from({ length: 8 }, () => 0);
  let leastAtFirstEnd: number | null = null;
  const answers = made.map(async (_, index) => {
    const answer = engine.generate(requestOf(engine, `${index} [[length=25]]`));
    while ((await answer.next()).done !== true) made[index]! += 1;
    leastAtFirstEnd ??= Math.min(...made);
  });
  await Promise.all(answers);
  // Measured in tokens and not in time, which depends on the machine.
  assert.ok(leastAtFirstEnd !== null && leastAtFirstEnd >= 23, `${leastAtFirstEnd} of 25`);
});

test('when the KV cache is full, the youngest makes room and is prefilled again, and all end as if alone', async () => {
  const roomy = engineOf();
  const tight = engineOf({ kvBlocks: 24, kvBlockTokens: 4 });
  const contents = Array.from({ length: 6 }, (_, index) => `${index} [[length=30]]`);
  const alone = await Promise.all(contents.map((content) => drain(roomy, requestOf(roomy, content))));
  const crowded = await Promise.all(contents.map((content) => drain(tight, requestOf(tight, content))));
  assert.deepEqual(crowded, alone);
  assert.equal(tight.stats().kvCacheUsage, 0);
});

test('an abort frees the sequence and its blocks', async () => {
  const engine = engineOf({ interTokenLatencyMs: 1 });
  const leaving = new AbortController();
  const answer = engine.generate(requestOf(engine, '[[length=100000]]', { signal: leaving.signal }));
  await answer.next();
  const { kvCacheUsage, kvCache } = engine.stats();
  assert.ok(kvCacheUsage > 0);
  assert.equal((kvCache?.usedTokens ?? 0) / (kvCache?.totalTokens ?? 1), kvCacheUsage);
  leaving.abort();
  assert.equal(engine.stats().kvCacheUsage, 0);
  let last = await answer.next();
  while (last.done !== true) last = await answer.next();
  assert.equal(last.value, 'aborted');
});
