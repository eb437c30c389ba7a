import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { checkGgufFile } from './check-gguf.ts';
import { llamaLibrary } from './llama-library.ts';

/** Models below this many parameters run fastest on one thread: the threads' meeting points cost more than the work. */
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
    // The native log reaches us by the event loop, after the error that it explains.
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

/** The native log's first complaint says more than the error that follows from it. */
function reasonOf(complaints: readonly string[], error: unknown): string {
  const complaint = complaints.find((line) => /error|fail|unknown|invalid|missing/i.test(line));
  // The package's own reader stumbles over a header that ends too soon.
  if (complaint === undefined && (error instanceof TypeError || error instanceof RangeError))
    return 'its header is damaged or cut short';
  const reason = complaint ?? (error instanceof Error ? error.message : String(error));
  return reason
    .replace(/^[\w:]+: (error loading model: )?/, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
}

/** Threads for a model of so many parameters: all cores but the one that runs JavaScript, as the design found best. */
export function threadsFor(parameters: number, physicalCores: number): number {
  if (parameters < tinyParameters) return 1;
  return Math.max(1, Math.min(physicalCores, availableParallelism()) - 1);
}
