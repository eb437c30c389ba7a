import type { LlamaEngineOptions } from './engine-options.ts';
import { exactChunkTokens, hasExactWeights } from './exact-weights.ts';
import type { LoadedModel } from './load-model.ts';
import { threadsFor } from './load-model.ts';

/** A longer context must be requested explicitly: its memory grows with every token and sequence. */
const defaultContextLimit = 8192;
const smallModelParameters = 1e9;
/** LLAMA_MAX_SEQ of llama.cpp. */
const sequencesLimit = 256;

export interface EngineSettings {
  readonly parameters: number;
  readonly contextTokens: number;
  readonly sequences: number;
  readonly threads: number;
  /**
   * Most tokens that one step evaluates: bounds how long a step takes, and therefore how soon an abort takes effect.
   */
  readonly batchTokens: number;
  /** Most tokens of one sequence in a step. */
  readonly chunkTokens: number;
  readonly flashAttention: boolean | 'auto';
  /**
   * Whether an answer's numbers are bit for bit the same regardless of what else is in its batches. See
   * exact-weights.ts.
   */
  readonly exact: boolean;
}

/** Throws an Error whose one sentence says which setting is not possible. */
export function engineSettings(
  { llama, model }: LoadedModel,
  parameters: number,
  options: LlamaEngineOptions,
): EngineSettings {
  if ((options.gpuLayers ?? 0) > 0 && llama.gpu === false)
    throw new Error('gpuLayers asks for a GPU and llama.cpp finds none that it can use.');
  if ((options.maxSequences ?? 1) > sequencesLimit)
    throw new Error(`maxSequences is more than llama.cpp's ${sequencesLimit}.`);
  const small = parameters < smallModelParameters;
  const onGpu = model.gpuLayers > 0;
  const sequences = options.task === 'embedding' ? 1 : (options.maxSequences ?? (small ? 8 : 4));
  const batchTokens = Math.max(sequences, small || onGpu ? 512 : 128);
  const exact = !onGpu && model.flashAttentionSupported && hasExactWeights(model.fileInfo.fullTensorInfo ?? []);
  return {
    parameters,
    contextTokens: options.contextTokens ?? Math.min(model.trainContextSize, defaultContextLimit),
    sequences,
    threads: options.threads ?? threadsFor(parameters, llama.cpuMathCores),
    batchTokens,
    chunkTokens: exact ? Math.min(batchTokens, exactChunkTokens) : batchTokens,
    flashAttention: onGpu ? 'auto' : model.flashAttentionSupported,
    exact,
  };
}
