import type { Task } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { createTokenTexts, type TokenTexts } from '../answer/token-decoder.ts';
import type { Engine } from '../engine/engine.ts';
import { createInSlices, type InSlices } from '../engine/in-slices.ts';
import { createProgressJudge, type EngineProgress } from '../engine/progress.ts';
import type { Faults } from '../engine/simulated/faults.ts';
import { createAdmission, type Admission } from '../generation/admission.ts';
import type { ModelFacts } from '../generation/model-facts.ts';
import { createWorkerMetrics, type WorkerMetrics } from '../metrics/worker-metrics.ts';
import { type PreparationLimits, preparationLimits } from '../preparation/preparation-limits.ts';
import { createPreparer, type Preparer } from '../preparation/preparer.ts';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';

/** A loaded model and what surrounds it while it serves. */
export interface Serving {
  readonly facts: ModelFacts;
  readonly engine: Engine;
  /** Reads, checks and drafts requests. */
  readonly preparer: Preparer;
  readonly inSlices: InSlices;
  readonly texts: TokenTexts;
  readonly admission: Admission;
  readonly maxWaiting: number;
  /** Requests that have arrived and neither wait for a place nor have one. */
  readonly preparing: Set<object>;
  /** To be called when requests come or go, so that `/health` shows it at once. */
  readonly onLoad: () => void;
  readonly heartbeat: Heartbeat;
  readonly metrics: WorkerMetrics;
  /** Unix seconds. */
  readonly startedAt: number;
  readonly log: Log;
  /** null unless faults may be ordered. */
  readonly faults: Faults | null;
  /** Whether the engine has work, and when it last finished a step. */
  progress(): EngineProgress;
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
  /** Limits on the preparation of requests that differ from {@link preparationLimits}. */
  readonly preparation: Partial<PreparationLimits> | undefined;
}

/** Waiting places for each sequence, when the manifest does not say how many. */
const waitingPerSequence = 8;
const observeMs = 100;

export function createServing(engine: Engine, options: ServingOptions): Serving {
  const now = (): number => performance.now();
  const { maxSequences, contextTokens, longestTokenBytes, embeddingDimensions } = engine.model;
  const { modelName, task, log } = options;
  const facts: ModelFacts = { modelName, task, contextTokens, longestTokenBytes, embeddingDimensions };
  const preparer = createPreparer({
    data: { facts, prompting: engine.promptingSpec },
    prompting: engine.prompting,
    limits: { ...preparationLimits, ...options.preparation },
    log,
  });
  const maxWaiting = options.maxWaiting ?? maxSequences * waitingPerSequence;
  const admission = createAdmission({ maxRunning: maxSequences, maxWaiting, now });
  const judge = createProgressJudge(options.stallMs);
  let busySince: number | null = null;

  function progress(): EngineProgress {
    const busy = admission.running > 0;
    if (!busy) busySince = null;
    else busySince ??= now();
    // Time without work does not count as a stall.
    return { now: now(), lastProgressAt: Math.max(engine.stats().lastProgressAt, busySince ?? 0), busy };
  }

  const observer = setInterval(() => judge.observe(progress()), observeMs);
  observer.unref();
  const heartbeat = createHeartbeat({ moving: () => judge.moving(progress()) });
  const metrics = createWorkerMetrics(modelName, engine.kind === 'simulated', () => ({
    running: admission.running,
    waiting: admission.waiting,
    ...engine.stats(),
  }));

  return {
    facts,
    engine,
    preparer,
    inSlices: createInSlices(),
    texts: createTokenTexts((token) => engine.tokenBytes(token)),
    admission,
    maxWaiting,
    preparing: options.preparing,
    onLoad: options.onLoad,
    heartbeat,
    metrics,
    startedAt: Math.floor(Date.now() / 1_000),
    log,
    faults: options.faults,
    progress,
    async close() {
      clearInterval(observer);
      heartbeat.stop();
      await preparer.close();
      await engine.close();
    },
  };
}
