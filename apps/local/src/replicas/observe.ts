import { addHealthCheck, type End, type HealthCheckResult, isServing, noHealthYet, unable } from '@kumiki/policy';
import { crashesAfterEnd } from './plan.ts';
import { probeTimeoutMs, type ProbeResult, probeWorker } from './probe-worker.ts';
import type { ReplicaRecord } from './replica.ts';
import { residentBytes } from './resident-bytes.ts';
import type { WorkerMessage } from './spawn-worker.ts';

/** Keeps the records of replicas up to date: messages of their processes, their ends, and their health. */
export interface Observer {
  onMessage(replica: ReplicaRecord, message: WorkerMessage): void;
  onEnd(replica: ReplicaRecord, end: End): void;
  stop(): void;
}

const probeIntervalMs = 1_000;
/** Shorter interval while a replica drains or is about to serve, since the rollout waits for it. */
const eagerProbeIntervalMs = 200;
/** A timer of this process that is this late shows that the process or the machine was paused. */
const lateMs = 1_000;

export interface ObserverOptions {
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly replicas: () => Iterable<ReplicaRecord>;
  /** Called after every change of a record. */
  readonly changed: () => void;
}

export function startObserver({ now, random, replicas, changed }: ObserverOptions): Observer {
  const prober = startProber(now, replicas, changed);
  return {
    onMessage(replica, message) {
      takeMessage(replica, message);
      if (message.type === 'ready') prober.probe(replica);
      changed();
    },
    onEnd(replica, end) {
      takeEnd(replica, end, now(), random());
      changed();
    },
    stop: prober.stop,
  };
}

function takeMessage(replica: ReplicaRecord, message: WorkerMessage): void {
  switch (message.type) {
    case 'listening':
      replica.url = `http://127.0.0.1:${message.port}`;
      replica.healthUrl = `http://127.0.0.1:${message.healthPort}`;
      replica.healthPort = message.healthPort;
      return;
    case 'loading':
      // Only `ready` means 1.
      replica.progress = Math.min(message.progress, 0.99);
      return;
    case 'ready':
      replica.progress = 1;
      return;
    case 'failed':
      replica.failure = message.reason;
      return;
    default:
      message satisfies never;
  }
}

function takeEnd(replica: ReplicaRecord, end: End, at: number, jitter: number): void {
  replica.crashes = crashesAfterEnd(replica, at);
  const lastEnd = mostSpecificEnd(replica, end);
  replica.lastEnd = lastEnd;
  replica.ended = { at, ...lastEnd, jitter };
  replica.process = null;
  replica.pid = null;
  replica.url = null;
  replica.healthUrl = null;
  replica.healthPort = null;
  replica.progress = null;
  replica.rssBytes = null;
  replica.readyAt = null;
  replica.load = null;
  replica.health = noHealthYet;
  replica.terminatedAt = null;
  replica.killedAt = null;
}

/** The most informative reason: its own failure message, why it was killed, or how it ended. */
function mostSpecificEnd({ failure, killedFor }: ReplicaRecord, end: End): End {
  return failure === null ? (killedFor ?? end) : unable(failure);
}

interface Prober {
  probe(replica: ReplicaRecord): void;
  stop(): void;
}

/** Probes every replica that has reported ready at intervals, one probe at a time for each. */
function startProber(now: () => number, replicas: () => Iterable<ReplicaRecord>, changed: () => void): Prober {
  /** Time of the next probe; Infinity while one is pending. */
  const nextAt = new Map<string, number>();
  let lastTickAt = now();

  const ask = async (replica: ReplicaRecord, port: number): Promise<void> => {
    const { process } = replica;
    const askedAt = now();
    nextAt.set(replica.id, Infinity);
    const result = await probeWorker(port);
    nextAt.set(replica.id, askedAt + (isServing(replica) ? probeIntervalMs : eagerProbeIntervalMs));
    // The process may have ended or been replaced during the probe.
    if (replica.process !== process) return;
    const punctual = now() - askedAt < probeTimeoutMs + lateMs && now() - lastTickAt < lateMs;
    takeProbe(replica, result, askedAt, punctual, now());
    changed();
  };
  const probe = (replica: ReplicaRecord): void => {
    // A worker that is still loading may be unable to answer.
    if (replica.process === null || replica.healthPort === null || replica.progress !== 1) return;
    if ((nextAt.get(replica.id) ?? 0) <= now()) void ask(replica, replica.healthPort);
  };
  const timer = setInterval(() => {
    lastTickAt = now();
    const ids = new Set<string>();
    for (const replica of replicas()) {
      ids.add(replica.id);
      probe(replica);
    }
    for (const id of nextAt.keys()) if (!ids.has(id)) nextAt.delete(id);
  }, eagerProbeIntervalMs);
  return { probe, stop: () => clearInterval(timer) };
}

/** @param punctual whether this process itself ran on time, so that a missing answer is the worker's fault. */
function takeProbe(replica: ReplicaRecord, result: ProbeResult, askedAt: number, punctual: boolean, now: number): void {
  replica.health = addHealthCheck(replica.health, checkResultOf(result, punctual));
  replica.rssBytes = residentBytes(replica.pid);
  if (result.kind !== 'ok') return;
  const { running, waiting, maxInFlight, maxRunning, simulated, kvCache } = result;
  replica.load = { at: askedAt, running, waiting, maxInFlight, maxRunning, simulated, kvCache };
  if (replica.readyAt !== null) return;
  replica.readyAt = now;
  replica.wasReady = true;
}

function checkResultOf(result: ProbeResult, punctual: boolean): HealthCheckResult {
  if (result.kind === 'silent') return punctual ? 'silent' : 'inconclusive';
  return result.kind === 'stalled' ? 'stalled' : 'answered';
}
