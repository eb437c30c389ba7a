import type { NewChange } from '@kumiki/control';
import { addHealthCheck, type End, notEnding, notReady, planProcess, silent } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { RotatingLog } from '../home/rotating-log.ts';
import { probeLiveness } from './probe-liveness.ts';
import { newRecord, noteEnd, noteMessage, noteStart, type ServiceRecord } from './service-record.ts';
import { type ServiceProgram, spawnService } from './spawn-service.ts';

const probeIntervalMs = 1_000;
/** Limit of a start. A new database is usually created within seconds; a slow disk or a busy machine needs longer. */
const readyLimitMs = 120_000;

export interface SuperviseOptions {
  readonly name: string;
  /** Called at each start. */
  readonly program: () => ServiceProgram;
  readonly cacheFolder: string;
  readonly output: RotatingLog;
  readonly log: Log;
  /** Time from SIGTERM to SIGKILL. */
  readonly terminateMs: number;
  /** Called after every change of its state. */
  readonly changed: () => void;
  /** It reports a change that a caller made. */
  readonly told: (change: NewChange) => void;
}

export interface SupervisedService {
  readonly record: Readonly<ServiceRecord>;
  /** Starts it, and restarts it whenever it ends. */
  start(): void;
  /** Sends SIGTERM, and SIGKILL after the limit. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Supervises the process of one service by the same rules as replicas of models. */
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
        if (message.type === 'change') return options.told(message);
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

  /** Reports the end of a process before its replacement starts. */
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

/** Probes the running process at intervals. Returns a function that stops it. */
function probeUntilStopped(record: ServiceRecord, sighted: () => void): () => void {
  const { process } = record;
  const port = record.ports?.opsPort ?? null;
  if (port === null) return () => {};
  const probe = async (): Promise<void> => {
    const result = await probeLiveness(port);
    // It may have ended or been replaced during the probe.
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
