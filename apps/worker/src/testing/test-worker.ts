import { engineSchema, type EngineSpec, type Task } from '@kumiki/api';
import { createLog } from '@kumiki/service';
import { createFaults, type Faults } from '../engine/simulated/faults.ts';
import type { PreparationLimits } from '../preparation/preparation-limits.ts';
import { startWorker, type Worker } from '../start-worker.ts';

export interface TestWorker extends Worker {
  readonly faults: Faults;
  /** How often a fault would have ended the process. */
  readonly deaths: number;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

export interface TestWorkerOptions {
  readonly task?: Task;
  readonly engine?: Readonly<Record<string, unknown>>;
  /** Options of the simulated engine; by default it takes no time. */
  readonly simulated?: Readonly<Record<string, unknown>>;
  readonly source?: string;
  readonly token?: string;
  readonly stallMs?: number;
  readonly preparation?: Partial<PreparationLimits>;
}

export const testModel = 'test-model';

/** A worker in this process, on a real socket, with its model loaded. It has the simulated engine by default. */
export async function startTestWorker(options: TestWorkerOptions = {}): Promise<TestWorker> {
  let deaths = 0;
  const faults = createFaults(
    () => (deaths += 1),
    () => performance.now(),
  );
  const fast = { prefillTokensPerSecond: 10_000_000, interTokenLatencyMs: 0, ...options.simulated };
  const spec: EngineSpec = engineSchema.parse({ kind: 'simulated', simulated: fast, ...options.engine });
  const worker = await startWorker({
    modelName: testModel,
    source: options.source ?? 'simulated:',
    task: options.task ?? 'chat',
    engine: spec,
    host: '127.0.0.1',
    port: 0,
    health: { host: '127.0.0.1', port: 0 },
    token: options.token ?? null,
    stallMs: options.stallMs ?? 10_000,
    faults,
    ...(options.preparation === undefined ? {} : { preparation: options.preparation }),
    log: createLog({ service: 'worker', level: 'silent' }),
  });
  await worker.ready;
  return {
    ...worker,
    faults,
    get deaths() {
      return deaths;
    },
    post: (path, body, headers = {}) =>
      fetch(`${worker.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

/** A stream's frames, without frames that are only comments. */
export async function readFrames(response: Response): Promise<string[]> {
  const text = await response.text();
  return text.split('\n\n').filter((frame) => frame.length > 0 && frame !== ': ping');
}
