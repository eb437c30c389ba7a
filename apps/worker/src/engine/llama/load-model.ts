import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { checkGgufFile } from './check-gguf.ts';
import { llamaLibrary } from './llama-library.ts';

/** Models below this many parameters run fastest on one thread: synchronising threads costs more than the work. */
const tinyParameters = 1e9;
export interface LoadedModel {
  readonly llama: Llama;
  readonly model: LlamaModel;
}

export interface LoadModelOptions {
  readonly modelPath: string;
  readonly gpuLayers: number;
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Loads a GGUF file; of a split one, the first file. Never compiles or downloads anything. Throws an Error whose one
 * sentence says what is wrong with the file, or the signal's reason.
 */
export async function loadModel(options: LoadModelOptions): Promise<LoadedModel> {
  const { modelPath, gpuLayers, onProgress, signal } = options;
  await checkGgufFile(modelPath);
  signal.throwIfAborted();
  const { llama, complaints } = await llamaLibrary(gpuLayers > 0);
  complaints.length = 0;
  try {
    const model = await llama.loadModel({ modelPath, gpuLayers, onLoadProgress: onProgress, loadSignal: signal });
    return { llama, model };
  } catch (error) {
    signal.throwIfAborted();
    // The native log arrives through the event loop, after the error that it explains.
    await setImmediate();
    throw new Error(`The model file ${basename(modelPath)} cannot be loaded: ${reasonOf(complaints, error)}.`, {
      cause: error,
    });
  }
}

/** Frees the model and its context. The library stays, for the next model. */
export async function unloadModel({ model }: LoadedModel, context: LlamaContext | null): Promise<void> {
  await context?.dispose();
  await model.dispose();
}

/** The first error of the native log is more specific than the error that it causes. */
function reasonOf(complaints: readonly string[], error: unknown): string {
  const complaint = complaints.find((line) => /error|fail|unknown|invalid|missing/i.test(line));
  // The package's own reader fails on a truncated header.
  if (complaint === undefined && (error instanceof TypeError || error instanceof RangeError))
    return 'its header is damaged or cut short';
  const reason = complaint ?? (error instanceof Error ? error.message : String(error));
  return reason
    .replace(/^[\w:]+: (error loading model: )?/, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
}

/**
 * Threads for a model with this number of parameters: all cores except the one that runs JavaScript, which measured
 * best.
 */
export function threadsFor(parameters: number, physicalCores: number): number {
  if (parameters < tinyParameters) return 1;
  return Math.max(1, Math.min(physicalCores, availableParallelism()) - 1);
}
