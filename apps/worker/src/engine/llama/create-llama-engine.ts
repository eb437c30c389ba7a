import { KumikiError } from '@kumiki/api';
import type { Engine } from '../engine.ts';
import { createChatEngine } from './chat-engine.ts';
import { createEmbeddingEngine } from './embedding-engine.ts';
import { loadModel, unloadModel } from './load-model.ts';

export interface LlamaEngineOptions {
  /** A GGUF file; of a split model, the first file. */
  readonly modelPath: string;
  readonly task: 'chat' | 'embedding';
  /** Most tokens of prompt and answer of one sequence. The least of 8,192 and what the model was trained on. */
  readonly contextTokens?: number;
  /** Answers generated at once. 8 for models under a thousand million parameters, else 4. */
  readonly maxSequences?: number;
  /** Processor threads. 1 for models under a thousand million parameters, else the physical cores less one. */
  readonly threads?: number;
  /** Layers that a GPU computes; 0, the default, uses none. */
  readonly gpuLayers?: number;
  /** Called with 0 to 1 while the model loads. */
  onProgress(fraction: number): void;
  readonly signal: AbortSignal;
}

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
