import { KumikiError } from '@kumiki/api';
import type { Engine } from '../engine.ts';
import { createChatEngine } from './chat-engine.ts';
import { createEmbeddingEngine } from './embedding-engine.ts';
import type { LlamaEngineOptions } from './engine-options.ts';
import { loadModel, unloadModel } from './load-model.ts';

/** Loads a model into llama.cpp. Throws KumikiError `engine_failed` with one sentence, or the signal's reason. */
export async function createLlamaEngine(options: LlamaEngineOptions): Promise<Engine> {
  options.signal.throwIfAborted();
  try {
    const loaded = await loadModel({ ...options, gpuLayers: options.gpuLayers ?? 0 });
    const create = options.task === 'chat' ? createChatEngine : createEmbeddingEngine;
    try {
      return await create(loaded, options);
    } catch (error) {
      await unloadModel(loaded, null);
      throw error;
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof KumikiError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KumikiError('engine_failed', { reason: reason.replace(/\.$/, '') }, { cause: error });
  }
}
