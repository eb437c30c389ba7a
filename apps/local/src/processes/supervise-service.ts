import {
  addSight,
  countCrash,
  type End,
  noHealthYet,
  notEnding,
  notReady,
  planProcess,
  silent,
  unable,
} from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { RotatingLog } from '../home/rotating-log.ts';
import { probeLiveness } from './probe-liveness.ts';
import { newRecord, type ServiceRecord } from './service-record.ts';
import { type ServiceHandle, type ServiceMessage, type ServiceProgram, spawnService } from './spawn-service.ts';

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
  let prober: NodeJS.Timeout | undefined;

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
    if (record.startedAt !== null) record.restarts += 1;
    const { restarts, crashes, lastEnd, lackedOther } = record;
    Object.assign(record, { ...newRecord(), restarts, crashes, lastEnd, lackedOther });
    record.startedAt = now();
    record.startedAtUnix = Math.floor(Date.now() / 1_000);
    record.process = spawnService(options.program(), options.cacheFolder, {
      message: takeMessage,
      output: options.output.write,
      end: takeEnd,
    });
    changed();
    reconcile();
  }

  function takeMessage(message: ServiceMessage): void {
    if (message.type === 'failed') record.failure = message;
    else {
      record.ports = message;
      record.readyAt = now();
      record.lastEnd = null;
      clearInterval(prober);
      prober = setInterval(() => void probe(), probeIntervalMs);
      log.info({ service: name, pid: record.process?.pid }, 'a service listens');
    }
    changed();
    reconcile();
  }

  function takeEnd(end: End): void {
    options.output.flush();
    clearInterval(prober);
    const at = now();
    record.crashes = countCrash(record.crashes, record.readyAt === null ? 0 : at - record.readyAt);
    record.lastEnd = record.failure === null ? (record.killedFor ?? end) : unable(record.failure.reason);
    record.lackedOther = record.failure?.unavailable ?? false;
    record.ended = { at, jitter: Math.random() };
    record.process = null;
    record.ports = null;
    record.readyAt = null;
    record.health = noHealthYet;
    log[isWanted ? 'warn' : 'info']({ service: name, reason: record.lastEnd.reason }, 'a service ended');
    changed();
    reconcile();
  }

  async function probe(): Promise<void> {
    const { process, ports } = record;
    if (process === null || ports?.opsPort === null || ports === null) return;
    const sight = await probeLiveness(ports.opsPort);
    // It may have ended, or another one taken its place, while it was asked.
    if (!isSame(process, record.process)) return;
    record.health = addSight(record.health, sight);
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

function isSame(one: ServiceHandle, other: ServiceHandle | null): boolean {
  return one === other;
}

function endOf(why: 'silent' | 'not_ready' | 'not_ending', record: ServiceRecord, terminateMs: number): End {
  if (why === 'silent') return silent(record.health.failuresInARow);
  return why === 'not_ready' ? notReady(readyLimitMs) : notEnding(terminateMs);
}
