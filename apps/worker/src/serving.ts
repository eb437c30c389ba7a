import type { Task } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { createTokenTexts, type TokenTexts } from './answer/token-decoder.ts';
import type { Engine } from './engine/engine.ts';
import { createProgressJudge, type ProgressLook } from './engine/progress.ts';
import type { Faults } from './engine/simulated/faults.ts';
import { createAdmission, type Admission } from './generation/admission.ts';
import { createHeartbeat, type Heartbeat } from './http/heartbeat.ts';
import { createWorkerMetrics, type WorkerMetrics } from './metrics/worker-metrics.ts';

/** A loaded model and what surrounds it while it serves. */
export interface Serving {
  readonly modelName: string;
  readonly task: Task;
  readonly engine: Engine;
  readonly texts: TokenTexts;
  readonly admission: Admission;
  readonly maxWaiting: number;
  /** Requests that have arrived and neither wait for a place nor have one. */
  readonly preparing: Set<object>;
  /** To be called when requests come or go, so that whoever asks for health hears of it at once. */
  readonly onLoad: () => void;
  readonly heartbeat: Heartbeat;
  readonly metrics: WorkerMetrics;
  /** Unix seconds. */
  readonly startedAt: number;
  readonly log: Log;
  /** null unless faults may be ordered. */
  readonly faults: Faults | null;
  /** Whether the engine has work, and when it last finished a step. */
  look(): ProgressLook;
  close(): Promise<void>;
}

export interface ServingOptions {
  readonly modelName: string;
  readonly task: Task;
  readonly maxWaiting: number | undefined;
  readonly preparing: Set<object>;
  readonly onLoad: () => void;
  readonly stallMs: number;
  readonly faults: Faults | null;
  readonly log: Log;
}

/** Waiting places for each sequence, when the manifest does not say how many. */
const waitingPerSequence = 8;
const observeMs = 100;

export function createServing(engine: Engine, options: ServingOptions): Serving {
  const now = (): number => performance.now();
  const { maxSequences } = engine.model;
  const maxWaiting = options.maxWaiting ?? maxSequences * waitingPerSequence;
  const admission = createAdmission({ maxRunning: maxSequences, maxWaiting, now });
  const judge = createProgressJudge(options.stallMs);
  let busySince: number | null = null;

  function look(): ProgressLook {
    const busy = admission.running > 0;
    if (!busy) busySince = null;
    else busySince ??= now();
    // An engine that had nothing to do has not been standing still.
    return { now: now(), lastProgressAt: Math.max(engine.stats().lastProgressAt, busySince ?? 0), busy };
  }

  const observer = setInterval(() => judge.observe(look()), observeMs);
  observer.unref();
  const heartbeat = createHeartbeat({ moving: () => judge.moving(look()) });
  const metrics = createWorkerMetrics(options.modelName, engine.kind === 'simulated', () => ({
    running: admission.running,
    waiting: admission.waiting,
    ...engine.stats(),
  }));

  return {
    modelName: options.modelName,
    task: options.task,
    engine,
    texts: createTokenTexts((token) => engine.tokenBytes(token)),
    admission,
    maxWaiting,
    preparing: options.preparing,
    onLoad: options.onLoad,
    heartbeat,
    metrics,
    startedAt: Math.floor(Date.now() / 1_000),
    log: options.log,
    faults: options.faults,
    look,
    async close() {
      clearInterval(observer);
      heartbeat.stop();
      await engine.close();
    },
  };
}
