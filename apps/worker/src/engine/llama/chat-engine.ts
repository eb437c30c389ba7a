import { KumikiError } from '@kumiki/api';
import type { LlamaContext } from 'node-llama-cpp';
import type { Engine, EngineModel } from '../engine.ts';
import { createInSlices } from '../in-slices.ts';
import type { ChatTemplateSpec } from '../prompting.ts';
import { createGrammarCompiler } from './compile-grammar.ts';
import { cellsInUse, closeLoop, createDecodeLoop } from './decode-loop.ts';
import type { LlamaEngineOptions } from './engine-options.ts';
import { type EngineSettings, engineSettings } from './engine-settings.ts';
import { fingerprintOf } from './fingerprint.ts';
import { generate, type Generator } from './generate.ts';
import { createLlamaPrompting } from './llama-prompting.ts';
import { type LoadedModel, unloadModel } from './load-model.ts';
import { nativeOf, parametersOf } from './native.ts';
import { createPromptTokenizer } from './tokenize-prompt.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

export async function createChatEngine(loaded: LoadedModel, options: LlamaEngineOptions): Promise<Engine> {
  const { model } = loaded;
  const settings = engineSettings(loaded, parametersOf(model), options);
  const context = await createContext(loaded, settings, options.signal);
  const native = nativeOf(model, context);
  const vocabulary = createVocabulary(model, native.model);
  const { contextTokens, sequences, batchTokens, chunkTokens, flashAttention } = settings;
  const engineModel: EngineModel = {
    contextTokens,
    maxSequences: sequences,
    longestTokenBytes: vocabulary.longestTokenBytes,
    embeddingDimensions: null,
    canChat: true,
    fingerprint: await fingerprintOf(options.modelPath, { contextTokens, flashAttention, gpu: model.gpuLayers > 0 }),
    parameters: settings.parameters,
    memoryBytes: model.memoryUsage.ram + model.memoryUsage.vram + context.memoryUsage.ram + context.memoryUsage.vram,
  };
  const { fileInsights } = model;
  const loop = createDecodeLoop(native, {
    sequences,
    contextTokens,
    batchTokens,
    chunkTokens,
    canTrim: !fileInsights.isRecurrent && !fileInsights.isHybrid && fileInsights.swaSize === undefined,
  });
  const generator: Generator = {
    native,
    loop,
    grammars: createGrammarCompiler(native.bindings, native.model),
    inSlices: createInSlices(),
    model: engineModel,
    vocabularySize: vocabulary.size,
    open: 0,
  };
  const template = templateOf(loaded, vocabulary);
  return {
    kind: 'llama',
    model: engineModel,
    tokenize: vocabulary.tokenize,
    tokenBytes: vocabulary.tokenBytes,
    prompting: createLlamaPrompting(template),
    promptingSpec: { kind: 'template', template },
    tokenizePieces: createPromptTokenizer(vocabulary, contextTokens),
    checkGrammar: (grammar) => generator.grammars.check(grammar),
    generate: (request) => generate(generator, request),
    embed: () =>
      Promise.reject(
        new KumikiError('engine_failed', { reason: 'this model was started for chat, not for embeddings' }),
      ),
    stats: () => ({
      kvCacheUsage: cellsInUse(loop) / (sequences * contextTokens),
      kvCache: { usedTokens: cellsInUse(loop), totalTokens: sequences * contextTokens },
      lastProgressAt: loop.lastProgressAt,
      prefixCacheQueriesTotal: loop.prefixCacheQueriesTotal,
      prefixCacheHitsTotal: loop.prefixCacheHitsTotal,
    }),
    async close() {
      await closeLoop(loop);
      await unloadModel(loaded, context);
    },
  };
}

function createContext({ model }: LoadedModel, settings: EngineSettings, signal: AbortSignal): Promise<LlamaContext> {
  return model.createContext({
    contextSize: settings.contextTokens,
    sequences: settings.sequences,
    batchSize: settings.batchTokens,
    threads: settings.threads,
    flashAttention: settings.flashAttention,
    failedCreationRemedy: false,
    createSignal: signal,
  });
}

function templateOf({ model }: LoadedModel, vocabulary: Vocabulary): ChatTemplateSpec {
  const source: unknown = model.fileInfo.metadata.tokenizer.chat_template;
  return {
    source: typeof source === 'string' ? source : null,
    bosText: model.tokens.bosString ?? '',
    eosText: model.tokens.eosString ?? '',
    controlTexts: vocabulary.controlTexts,
  };
}
