import { addHealthCheck, type End, notEnding, notReady, planProcess, silent } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { RotatingLog } from '../home/rotating-log.ts';
import { probeLiveness } from './probe-liveness.ts';
import { newRecord, noteEnd, noteMessage, noteStart, type ServiceRecord } from './service-record.ts';
import { type ServiceProgram, spawnService } from './spawn-service.ts';

const probeIntervalMs = 1_000;
/** A new database is made within seconds; a slow disk and a busy machine need longer. */
const readyLimitMs = 120_000;

export interface SuperviseOptions {
  readonly name: string;
  /** Asked at each start. */
  readonly program: () => ServiceProgram;
  readonly cacheFolder: string;
  readonly output: RotatingLog;
  readonly log: Log;
  /** From SIGTERM to SIGKILL. */
  readonly terminateMs: number;
  /** After every change of what is known of it. */
  readonly changed: () => void;
}

export interface SupervisedService {
  readonly record: Readonly<ServiceRecord>;
  /** Starts it, and again whenever it ends. */
  start(): void;
  /** SIGTERM, and SIGKILL after the limit. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** Keeps the process of one service alive, as replicas of models are. */
export function superviseService(options: SuperviseOptions): SupervisedService {
  const { name, log, changed } = options;
  const record = newRecord();
  const now = (): number => performance.now();
  const limits = { readyMs: readyLimitMs, terminateMs: options.terminateMs };
  const ended = Promise.withResolvers<void>();
  let isWanted = false;
  let timer: NodeJS.Timeout | undefined;
  let stopProbing = (): void => {};

  function reconcile(): void {
    clearTimeout(timer);
    const step = planProcess(record, isWanted, limits, now());
    switch (step.kind) {
      case 'start':
        return start();
      case 'terminate':
        record.terminatedAt = now();
        record.process?.signal('SIGTERM');
        return reconcile();
      case 'kill':
        record.killedAt = now();
        record.killedFor = endOf(step.why, record, options.terminateMs);
        log.warn({ service: name, reason: record.killedFor.reason }, 'a service is killed');
        record.process?.signal('SIGKILL');
        return;
      case 'wait':
        if (step.until !== null) timer = setTimeout(reconcile, Math.max(1, step.until - now()));
        if (!isWanted && record.process === null) ended.resolve();
    }
  }

  function start(): void {
    noteStart(record, now(), Math.floor(Date.now() / 1_000));
    const { output } = options;
    record.process = spawnService(options.program(), options.cacheFolder, {
      output: output.write,
      message(message) {
        noteMessage(record, message, now());
        if (message.type === 'listening') stopProbing = probeUntilStopped(record, reconcile);
        moved();
      },
      end(end) {
        output.flush();
        stopProbing();
        noteEnd(record, end, now(), Math.random());
        log[isWanted ? 'warn' : 'info']({ service: name, reason: record.lastEnd?.reason }, 'a service ended');
        moved();
      },
    });
    moved();
  }

  /** What a dead process leaves behind is told before another is started in its place. */
  function moved(): void {
    changed();
    reconcile();
  }

  return {
    record,
    start() {
      if (isWanted) return;
      isWanted = true;
      reconcile();
    },
    stop() {
      isWanted = false;
      reconcile();
      return ended.promise;
    },
  };
}

/** Asks the process that runs now whether it moves, again and again. Returns what ends that. */
function probeUntilStopped(record: ServiceRecord, sighted: () => void): () => void {
  const { process } = record;
  const port = record.ports?.opsPort ?? null;
  if (port === null) return () => {};
  const probe = async (): Promise<void> => {
    const result = await probeLiveness(port);
    // It may have ended, or another one taken its place, while it was asked.
    if (process !== record.process) return;
    record.health = addHealthCheck(record.health, result);
    sighted();
  };
  const timer = setInterval(() => void probe(), probeIntervalMs);
  return () => clearInterval(timer);
}

function endOf(why: 'silent' | 'not_ready' | 'not_ending', record: ServiceRecord, terminateMs: number): End {
  if (why === 'silent') return silent(record.health.failuresInARow);
  return why === 'not_ready' ? notReady(readyLimitMs) : notEnding(terminateMs);
}
