import type { AddressInfo } from 'node:net';
import { type KumikiError, toKumikiError, type EngineSpec, type Task } from '@kumiki/api';
import { closeServer, listen, type Log } from '@kumiki/service';
import { createEngine } from './create-engine.ts';
import type { Faults } from './engine/simulated/faults.ts';
import { type Health, startHealth } from './health/start-health.ts';
import { createTokenCheck } from './http/check-token.ts';
import { createHttpServer, type HttpServer } from './http/create-http-server.ts';
import { createServing, type Serving } from './http/serving.ts';
import { healthEntryOf, healthFactsOf, type WorkerIdentity, type WorkerState } from './http/worker-state.ts';
import type { PreparationLimits } from './preparation/preparation-limits.ts';

export interface WorkerOptions {
  readonly modelName: string;
  /** Absolute path of a GGUF file, or `simulated:`. */
  readonly source: string;
  readonly task: Task;
  readonly engine: EngineSpec;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where a separate thread serves `/health`, `/livez` and `/readyz`; 0 takes any free port. */
  readonly health: { readonly host: string; readonly port: number };
  /** null accepts every request, which only tests in one process do: main.ts does not start without a token. */
  readonly token: string | null;
  readonly stallMs: number;
  readonly faults: Faults | null;
  /** Limits on the preparation of requests, for tests that change them. */
  readonly preparation?: Partial<PreparationLimits>;
  readonly log: Log;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** What a worker reports to its parent. */
export type WorkerEvent =
  | { readonly type: 'listening'; readonly port: number; readonly healthPort: number }
  | { readonly type: 'loading'; readonly progress: number }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly reason: string };

export interface Worker {
  readonly url: string;
  readonly healthUrl: string;
  /** Resolves when the model is loaded; rejects with a KumikiError that says why it cannot be loaded. */
  readonly ready: Promise<void>;
  /** Refuses new requests and resolves when the running ones have ended, at the latest after this time. */
  drain(limitMs: number): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
}

/** Smallest step in which the progress of loading is reported. */
const progressStep = 0.02;

/** Listens at once and loads the model in the background. Rejects when it cannot listen. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { log } = options;
  const tell = options.onEvent ?? (() => {});
  const identity = identityOf(options);
  let state: WorkerState = { phase: 'starting', progress: 0 };
  const preparing = new Set<object>();
  const health = startHealth({
    ...options.health,
    facts: healthFactsOf(identity, state),
    entry: () => healthEntryOf(state, preparing.size),
  });
  const checkToken = createTokenCheck(options.token);
  const { faults } = options;
  const http = createHttpServer({ health: health.reply, identity, state: () => state, checkToken, faults }, log);
  const enter = (next: WorkerState): void => {
    state = next;
    health.tell(healthFactsOf(identity, state));
  };
  const closing = new AbortController();

  const listening = listen(http.server, options.port, options.host).then(async () => {
    const healthPort = await health.listening;
    const { port } = http.server.address() as AddressInfo;
    tell({ type: 'listening', port, healthPort });
    return { port, healthPort };
  });
  const load = async (): Promise<void> => {
    const serving = await loadServing(options, closing.signal, preparing, health, (progress) => {
      if (state.phase === 'starting') state = { phase: 'starting', progress };
    });
    // It is reported as ready only after it listens on all ports.
    const ports = await listening;
    enter({ phase: 'serving', serving });
    tell({ type: 'ready' });
    log.info({ ...ports, model: options.modelName, engine: serving.engine.kind }, 'ready');
  };
  const ready = load().catch((thrown: unknown) => {
    const error = toKumikiError(thrown);
    const reason = reasonOf(error);
    enter({ phase: 'failed', reason });
    log.error({ err: error }, 'the model could not be loaded');
    tell({ type: 'failed', reason });
    throw error;
  });
  // Awaiting `ready` is optional.
  ready.catch(() => {});
  const close = async (): Promise<void> => {
    closing.abort();
    await closeServer(http.server);
    if (state.phase === 'serving' || state.phase === 'draining') await state.serving.close();
    await health.close();
  };
  const { port, healthPort } = await listening.catch(async (error: unknown) => {
    await close();
    throw error;
  });

  return {
    url: `http://${options.host}:${port}`,
    healthUrl: `http://${options.health.host}:${healthPort}`,
    ready,
    async drain(limitMs) {
      if (state.phase === 'serving') enter({ phase: 'draining', serving: state.serving });
      await untilIdle(http, limitMs);
    },
    close,
  };
}

function identityOf({ modelName, task, engine, stallMs }: WorkerOptions): WorkerIdentity {
  return { modelName, task, engine: engine.kind === 'simulated' ? 'simulated' : 'llama', stallMs };
}

function reasonOf(error: KumikiError): string {
  return error.code === 'internal_error' && error.cause instanceof Error ? error.cause.message : error.message;
}

async function loadServing(
  options: WorkerOptions,
  signal: AbortSignal,
  preparing: Set<object>,
  health: Health,
  onProgress: (progress: number) => void,
): Promise<Serving> {
  let told = 0;
  const engine = await createEngine({
    ...options,
    spec: options.engine,
    signal,
    onProgress(progress) {
      onProgress(progress);
      if (progress < told + progressStep) return;
      told = progress;
      health.note();
      options.onEvent?.({ type: 'loading', progress });
    },
  });
  const maxWaiting = 'maxWaiting' in options.engine ? options.engine.maxWaiting : undefined;
  return createServing(engine, {
    ...options,
    maxWaiting,
    preparing,
    onLoad: health.note,
    preparation: options.preparation,
  });
}

function untilIdle(http: HttpServer, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    const check = (): void => {
      if (http.open > 0) return;
      clearTimeout(timer);
      resolve();
    };
    http.onEnd(check);
    check();
  });
}
