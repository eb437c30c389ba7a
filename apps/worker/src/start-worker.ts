import type { AddressInfo } from 'node:net';
import { toKumikiError, type EngineSpec, type Task } from '@kumiki/api';
import { closeServer, listen, type Log } from '@kumiki/service';
import { createEngine } from './engine/create-engine.ts';
import type { Faults } from './engine/simulated/faults.ts';
import { createTokenCheck } from './http/check-token.ts';
import { createHttpServer, type HttpServer } from './http/create-http-server.ts';
import { createServing } from './serving.ts';
import type { WorkerIdentity, WorkerState } from './worker-state.ts';

export interface WorkerOptions {
  readonly modelName: string;
  /** Absolute path of a GGUF file, or `simulated:`. */
  readonly source: string;
  readonly task: Task;
  readonly engine: EngineSpec;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** null lets every request in. */
  readonly token: string | null;
  readonly stallMs: number;
  readonly faults: Faults | null;
  readonly log: Log;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** What a worker tells whoever started it. */
export type WorkerEvent =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'loading'; readonly progress: number }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly reason: string };

export interface Worker {
  readonly url: string;
  /** Resolves when the model is loaded; rejects with a KumikiError that says why it is not. */
  readonly ready: Promise<void>;
  /** Refuses new requests and resolves when those that run have ended, at the latest after this time. */
  drain(limitMs: number): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
}

/** Loading is told in steps of at least this much. */
const progressStep = 0.02;

/** Listens at once and loads the model meanwhile. Rejects when it cannot listen. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { log } = options;
  const tell = options.onEvent ?? (() => {});
  const identity: WorkerIdentity = {
    modelName: options.modelName,
    task: options.task,
    engine: options.engine.kind === 'simulated' ? 'simulated' : 'llama',
  };
  let state: WorkerState = { phase: 'starting', progress: 0 };
  const http = createHttpServer(
    { identity, state: () => state, checkToken: createTokenCheck(options.token), faults: options.faults },
    log,
  );
  await listen(http.server, options.port, options.host);
  const { port } = http.server.address() as AddressInfo;
  tell({ type: 'listening', port });
  const closing = new AbortController();

  async function load(): Promise<void> {
    let told = 0;
    const engine = await createEngine({
      ...options,
      spec: options.engine,
      signal: closing.signal,
      onProgress(progress) {
        if (state.phase === 'starting') state = { phase: 'starting', progress };
        if (progress < told + progressStep) return;
        told = progress;
        tell({ type: 'loading', progress });
      },
    });
    const maxWaiting = options.engine.kind === 'openai' ? undefined : options.engine.maxWaiting;
    state = { phase: 'serving', serving: createServing(engine, { ...options, maxWaiting }) };
    tell({ type: 'ready' });
    log.info({ port, model: options.modelName, engine: engine.kind }, 'ready');
  }

  const ready = load().catch((thrown: unknown) => {
    const error = toKumikiError(thrown);
    const reason =
      error.code === 'internal_error' && error.cause instanceof Error ? error.cause.message : error.message;
    state = { phase: 'failed', reason };
    log.error({ err: error }, 'the model could not be loaded');
    tell({ type: 'failed', reason });
    throw error;
  });
  // Whoever wants to know awaits it; nobody has to.
  ready.catch(() => {});

  return {
    url: `http://${options.host}:${port}`,
    ready,
    async drain(limitMs) {
      if (state.phase === 'serving') state = { phase: 'draining', serving: state.serving };
      await untilIdle(http, limitMs);
    },
    async close() {
      closing.abort();
      await closeServer(http.server);
      if (state.phase === 'serving' || state.phase === 'draining') await state.serving.close();
    },
  };
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
