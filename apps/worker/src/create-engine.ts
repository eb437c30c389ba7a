import { KumikiError, type EngineSpec, type Task } from '@kumiki/api';
import type { Engine } from './engine/engine.ts';
import type { Faults } from './engine/simulated/faults.ts';

export interface EngineOptions {
  /** Absolute path of a GGUF file, or `simulated:`. */
  readonly source: string;
  readonly task: Task;
  readonly spec: EngineSpec;
  readonly faults: Faults | null;
  /** Called with 0 to 1 while the model loads. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

export const simulatedSource = 'simulated:';

/** Loads the engine that the manifest names, and only its code. Throws KumikiError with a reason for people. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { spec, task, onProgress, signal } = options;
  switch (spec.kind) {
    case 'simulated': {
      const { createSimulatedEngine } = await import('./engine/simulated/create-simulated-engine.ts');
      const { contextTokens, maxSequences, simulated } = spec;
      return createSimulatedEngine({ task, contextTokens, maxSequences, simulated, faults: options.faults });
    }
    case 'llama': {
      const { createLlamaEngine } = await import('./engine/llama/create-llama-engine.ts');
      return createLlamaEngine({
        modelPath: options.source,
        task,
        onProgress,
        signal,
        ...(spec.contextTokens === undefined ? {} : { contextTokens: spec.contextTokens }),
        ...(spec.maxSequences === undefined ? {} : { maxSequences: spec.maxSequences }),
        ...(spec.threads === undefined ? {} : { threads: spec.threads }),
        ...(spec.gpuLayers === undefined ? {} : { gpuLayers: spec.gpuLayers }),
      });
    }
    case 'openai':
      throw new KumikiError('engine_failed', {
        reason: 'an OpenAI-compatible server needs no worker; the gateway calls it',
      });
    case 'container':
      throw new KumikiError('engine_failed', { reason: 'a container serves by itself; the gateway calls it' });
  }
}
