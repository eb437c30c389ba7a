import type { KvCache } from '@kumiki/api';
import type { Engine } from './engine/engine.ts';
import type { Serving } from './serving.ts';

/** Where a worker is in its life. */
export type WorkerState =
  | { readonly phase: 'starting'; /** 0 to 1. */ readonly progress: number }
  | { readonly phase: 'serving' | 'draining'; readonly serving: Serving }
  | { readonly phase: 'failed'; readonly reason: string };

/** What is known before the model is loaded, and shown by `/health`. */
export interface WorkerIdentity {
  readonly modelName: string;
  readonly task: 'chat' | 'embedding';
  readonly engine: 'llama' | 'simulated';
}

function kvCacheOf(engine: Engine): KvCache | null {
  const { kvCache } = engine.stats();
  return kvCache === null ? null : { used_tokens: kvCache.usedTokens, total_tokens: kvCache.totalTokens };
}

/** The reply to `GET /health`. 200 means that requests make progress here. */
export function healthOf(identity: WorkerIdentity, state: WorkerState): { status: number; body: unknown } {
  const about = {
    model: identity.modelName,
    task: identity.task,
    engine: identity.engine,
    simulated: identity.engine === 'simulated',
  };
  if (state.phase === 'starting') {
    return { status: 503, body: { status: 'starting', ...about, progress: state.progress } };
  }
  if (state.phase === 'failed') return { status: 503, body: { status: 'failed', ...about, reason: state.reason } };
  const { serving } = state;
  const { admission, engine } = serving;
  const status = serving.stalled() ? 'stalled' : state.phase === 'draining' ? 'draining' : 'ok';
  return {
    status: status === 'ok' ? 200 : 503,
    body: {
      status,
      ...about,
      progress: 1,
      running: admission.running,
      waiting: admission.waiting,
      max_running: engine.model.maxSequences,
      max_waiting: serving.maxWaiting,
      kv_cache_usage: engine.stats().kvCacheUsage,
      kv_cache: kvCacheOf(engine),
      context_tokens: engine.model.contextTokens,
      parameters: engine.model.parameters,
      memory_bytes: engine.model.memoryBytes,
      fingerprint: engine.model.fingerprint,
    },
  };
}
