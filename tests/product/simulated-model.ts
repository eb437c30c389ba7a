import type { ModelOptions } from './product.ts';

/** A simulated model: deterministic and fast. */
export function simulatedModel(
  model: string,
  options: {
    readonly replicas?: number;
    readonly interTokenLatencyMs?: number;
    readonly prefillTokensPerSecond?: number;
    readonly maxSequences?: number;
    readonly maxWaiting?: number;
    readonly contextTokens?: number;
  } = {},
): ModelOptions {
  return {
    model,
    source: 'simulated:',
    task: 'chat',
    replicas: options.replicas ?? 1,
    engine: {
      kind: 'simulated',
      maxSequences: options.maxSequences ?? 128,
      maxWaiting: options.maxWaiting ?? 256,
      ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
      simulated: {
        interTokenLatencyMs: options.interTokenLatencyMs ?? 2,
        ...(options.prefillTokensPerSecond === undefined
          ? {}
          : { prefillTokensPerSecond: options.prefillTokensPerSecond }),
      },
    },
  };
}
