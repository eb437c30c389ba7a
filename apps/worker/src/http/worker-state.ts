import { processMs, type HealthEntry } from '../health/health-board.mjs';
import type { HealthFacts } from '../health/judge-health.mjs';
import type { Serving } from './serving.ts';

/** The phases of a worker. */
export type WorkerState =
  | { readonly phase: 'starting'; /** 0 to 1. */ readonly progress: number }
  | { readonly phase: 'serving' | 'draining'; readonly serving: Serving }
  | { readonly phase: 'failed'; readonly reason: string };

/** The facts that are known before the model is loaded and that `/health` shows. */
export interface WorkerIdentity {
  readonly modelName: string;
  readonly task: 'chat' | 'embedding';
  readonly engine: 'llama' | 'simulated';
  readonly stallMs: number;
}

export function healthFactsOf(identity: WorkerIdentity, state: WorkerState): HealthFacts {
  const serving = 'serving' in state ? state.serving : null;
  return {
    ...identity,
    phase: state.phase,
    reason: state.phase === 'failed' ? state.reason : null,
    model:
      serving === null
        ? null
        : {
            maxRunning: serving.engine.model.maxSequences,
            maxWaiting: serving.maxWaiting,
            contextTokens: serving.engine.model.contextTokens,
            parameters: serving.engine.model.parameters,
            memoryBytes: serving.engine.model.memoryBytes,
            fingerprint: serving.engine.model.fingerprint,
          },
  };
}

const noWork: Omit<HealthEntry, 'beatAt'> = {
  busy: false,
  lastProgressAt: 0,
  loaded: 0,
  running: 0,
  waiting: 0,
  kvCacheUsage: 0,
  kvUsedTokens: -1,
  kvTotalTokens: -1,
};

/** @param preparing requests that have arrived and wait neither for a place nor have one. */
export function healthEntryOf(state: WorkerState, preparing: number): Omit<HealthEntry, 'beatAt'> {
  if (state.phase === 'starting') return { ...noWork, loaded: state.progress };
  if (state.phase === 'failed') return noWork;
  const { admission, engine } = state.serving;
  const { now, lastProgressAt, busy } = state.serving.progress();
  const { kvCache, kvCacheUsage } = engine.stats();
  return {
    busy,
    lastProgressAt: processMs() - (now - lastProgressAt),
    loaded: 1,
    running: admission.running,
    waiting: admission.waiting + preparing,
    kvCacheUsage,
    kvUsedTokens: kvCache?.usedTokens ?? -1,
    kvTotalTokens: kvCache?.totalTokens ?? -1,
  };
}
