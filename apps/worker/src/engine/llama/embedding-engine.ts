import { KumikiError } from '@kumiki/api';
import type { Engine, EngineModel } from '../engine.ts';
import { noPrompting } from '../no-prompting.ts';
import type { LlamaEngineOptions } from './engine-options.ts';
import { engineSettings } from './engine-settings.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type LoadedModel, unloadModel } from './load-model.ts';
import { innerContext, nativeOf, parametersOf } from './native.ts';
import { createPromptTokenizer } from './tokenize-prompt.ts';
import { createVocabulary } from './vocabulary.ts';

/**
 * Computes vectors only. The addon shows the pooled vector of sequence 0 only, so inputs are evaluated one after the
 * other, each in one batch: pooling over several batches would see the last one only.
 */
export async function createEmbeddingEngine(loaded: LoadedModel, options: LlamaEngineOptions): Promise<Engine> {
  const { model } = loaded;
  const { contextTokens, threads, parameters } = engineSettings(loaded, parametersOf(model), options);
  const embeddings = await model.createEmbeddingContext({
    contextSize: contextTokens,
    batchSize: contextTokens,
    threads,
    createSignal: options.signal,
  });
  const context = innerContext(embeddings);
  const native = nativeOf(model, context);
  const vocabulary = createVocabulary(model, native.model);
  const engineModel: EngineModel = {
    contextTokens,
    maxSequences: options.maxSequences ?? 8,
    longestTokenBytes: vocabulary.longestTokenBytes,
    embeddingDimensions: model.embeddingVectorSize,
    canChat: false,
    fingerprint: await fingerprintOf(options.modelPath, { contextTokens, task: 'embedding' }),
    parameters,
    memoryBytes: model.memoryUsage.ram + model.memoryUsage.vram + context.memoryUsage.ram + context.memoryUsage.vram,
  };
  let lastProgressAt = performance.now();
  let last: Promise<unknown> = Promise.resolve();

  async function evaluate(tokens: readonly number[], signal: AbortSignal): Promise<Float32Array> {
    signal.throwIfAborted();
    native.context.disposeSequence(0);
    native.context.initBatch(tokens.length);
    native.context.addToBatch(0, 0, Uint32Array.from(tokens), Uint32Array.from(tokens.keys()));
    await native.context.decodeBatch();
    lastProgressAt = performance.now();
    return normalised(native.context.getEmbedding(tokens.length));
  }

  const chatless = (): never => {
    throw new KumikiError('engine_failed', { reason: 'this model makes embeddings only' });
  };
  return {
    kind: 'llama',
    model: engineModel,
    tokenize: vocabulary.tokenize,
    tokenBytes: vocabulary.tokenBytes,
    prompting: noPrompting,
    promptingSpec: { kind: 'none' },
    tokenizePieces: createPromptTokenizer(vocabulary, contextTokens),
    generate: chatless,
    embed(input, signal) {
      const tokens = vocabulary.withEnd(vocabulary.withBeginning([...input]));
      checkInput(tokens, contextTokens, vocabulary.size);
      const result = last.then(() => evaluate(tokens, signal));
      last = result.catch(() => undefined);
      return result;
    },
    stats: () => ({
      kvCacheUsage: 0,
      kvCache: null,
      lastProgressAt,
      prefixCacheQueriesTotal: 0,
      prefixCacheHitsTotal: 0,
    }),
    async close() {
      await last;
      await unloadModel(loaded, context);
    },
  };
}

function checkInput(tokens: readonly number[], contextTokens: number, vocabularySize: number): void {
  if (tokens.length === 0) throw new KumikiError('invalid_value', { param: 'input', reason: 'it holds no token' });
  if (tokens.length > contextTokens)
    throw new KumikiError('context_length_exceeded', {
      contextTokens,
      requestedTokens: tokens.length,
      promptTokens: tokens.length,
      completionTokens: 0,
    });
  if (!tokens.every((token) => Number.isInteger(token) && token >= 0 && token < vocabularySize))
    throw new KumikiError('invalid_value', {
      param: 'input',
      reason: `token ids are integers from 0 to ${vocabularySize - 1}`,
    });
}

/** Divided by its Euclidean length; a vector of zeros stays one. */
function normalised(vector: Float64Array): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
