import { KumikiError } from '@kumiki/api';
import type { LlamaContext } from 'node-llama-cpp';
import type { Engine, EngineModel } from '../engine.ts';
import { type ChatRenderer, createChatRenderer } from './chat-template.ts';
import { createGrammarCompiler } from './compile-grammar.ts';
import type { LlamaEngineOptions } from './create-llama-engine.ts';
import { cellsInUse, closeLoop, createDecodeLoop } from './decode-loop.ts';
import { type EngineSettings, engineSettings } from './engine-settings.ts';
import { fingerprintOf } from './fingerprint.ts';
import { generate, type Generator } from './generate.ts';
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
    model: engineModel,
    vocabularySize: vocabulary.size,
    open: 0,
  };
  const renderChat = createRenderer(loaded, vocabulary);
  const tokenizePrompt = createPromptTokenizer(vocabulary);
  return {
    kind: 'llama',
    model: engineModel,
    tokenize: vocabulary.tokenize,
    tokenBytes: vocabulary.tokenBytes,
    renderChat: (input) =>
      renderChat(input)
        .map((piece) => piece.text)
        .join(''),
    renderChatTokens: (input) => tokenizePrompt(renderChat(input), contextTokens),
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

function createRenderer({ model }: LoadedModel, vocabulary: Vocabulary): ChatRenderer {
  const template: unknown = model.fileInfo.metadata.tokenizer.chat_template;
  return createChatRenderer({
    source: typeof template === 'string' ? template : null,
    bosText: model.tokens.bosString ?? '',
    eosText: model.tokens.eosString ?? '',
    controlTexts: vocabulary.controlTexts,
  });
}
