import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import type { Engine } from '../engine.ts';
import { embeddingModelPath, greedy, startChatEngine } from './engine-for-tests.ts';
import { llamaLibrary } from './llama-library.ts';

let engine: Engine;
const { signal } = new AbortController();
before(async () => {
  engine = await startChatEngine({ modelPath: embeddingModelPath, task: 'embedding' });
});
after(() => engine.close());

const texts = ['What is a pod?', 'ポッドとは何ですか?', 'Object storage keeps files.', 'a'];
const embed = (text: string) => engine.embed(engine.tokenize(text, false), signal);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

test('vectors have the length 1 and the model’s dimensions, together as alone', async () => {
  const alone = [];
  for (const text of texts) alone.push(await embed(text));
  const together = await Promise.all(texts.map(embed));
  assert.deepEqual(together, alone);
  for (const vector of alone) {
    assert.equal(vector.length, engine.model.embeddingDimensions);
    assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-5);
  }
});

test('vectors point where the library’s own embedding points', async () => {
  const { llama } = await llamaLibrary(false);
  const model = await llama.loadModel({ modelPath: embeddingModelPath, gpuLayers: 0 });
  const context = await model.createEmbeddingContext({ contextSize: 512 });
  for (const text of texts) {
    const { vector } = await context.getEmbeddingFor(text);
    const length = Math.hypot(...vector);
    const expected = Float32Array.from(vector, (value) => value / length);
    assert.ok(dot(await embed(text), expected) > 0.9999);
  }
  await context.dispose();
  await model.dispose();
});

test('inputs without a token, beyond the context or unknown are refused', async () => {
  const { contextTokens } = engine.model;
  for (const tokens of [[], Array.from({ length: contextTokens + 1 }, () => 5), [-1], [0.5]])
    await assert.rejects(async () => engine.embed(tokens, signal), KumikiError);
  assert.equal(
    (
      await engine.embed(
        Array.from({ length: contextTokens }, () => 5),
        signal,
      )
    ).length,
    256,
  );
});

test('an aborted input is not evaluated, and the next one is', async () => {
  await assert.rejects(engine.embed([5], AbortSignal.abort()), { name: 'AbortError' });
  assert.equal((await embed('a')).length, 256);
});

test('it does not chat', () => {
  assert.equal(engine.model.canChat, false);
  assert.throws(
    () =>
      engine.generate({
        tenant: 'a',
        prompt: [5],
        resume: [],
        maxTokens: 1,
        sampling: greedy,
        grammar: null,
        topLogprobs: null,
        signal,
      }),
    KumikiError,
  );
});
