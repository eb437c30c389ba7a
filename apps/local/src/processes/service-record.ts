import { countCrash, type End, type HealthHistory, noHealthYet, type ObservedProcess, unable } from '@kumiki/policy';
import type { ServiceHandle, ServiceMessage } from './spawn-service.ts';

/** The state of one service's process, and what was done to it. */
export interface ServiceRecord extends ObservedProcess {
  startedAt: number | null;
  startedAtUnix: number | null;
  readyAt: number | null;
  ended: { readonly at: number; readonly jitter: number } | null;
  crashes: number;
  health: HealthHistory;
  terminatedAt: number | null;
  killedAt: number | null;
  restarts: number;
  process: ServiceHandle | null;
  /** Its ports while it listens. */
  ports: Extract<ServiceMessage, { type: 'listening' }> | null;
  /** Its own failure message since its last start. */
  failure: Extract<ServiceMessage, { type: 'failed' }> | null;
  /** Why it was killed. */
  killedFor: End | null;
  /** How it last ended; null once it listens again. */
  lastEnd: End | null;
  /** Whether it failed for lack of a dependency that may come back. */
  lackedOther: boolean;
}

export function newRecord(): ServiceRecord {
  return {
    startedAt: null,
    startedAtUnix: null,
    readyAt: null,
    ended: null,
    crashes: 0,
    health: noHealthYet,
    terminatedAt: null,
    killedAt: null,
    restarts: 0,
    process: null,
    ports: null,
    failure: null,
    killedFor: null,
    lastEnd: null,
    lackedOther: false,
  };
}

/** Records a start. The last end is kept until it listens again. */
export function noteStart(record: ServiceRecord, now: number, nowUnix: number): void {
  const { restarts, crashes, lastEnd, lackedOther, startedAt } = record;
  Object.assign(record, {
    ...newRecord(),
    restarts: startedAt === null ? 0 : restarts + 1,
    crashes,
    lastEnd,
    lackedOther,
  });
  record.startedAt = now;
  record.startedAtUnix = nowUnix;
}

export function noteMessage(
  record: ServiceRecord,
  message: Exclude<ServiceMessage, { type: 'change' }>,
  now: number,
): void {
  if (message.type === 'failed') {
    record.failure = message;
    return;
  }
  record.ports = message;
  record.readyAt = now;
  record.lastEnd = null;
}

/** @param jitter uniform in [0, 1). */
export function noteEnd(record: ServiceRecord, end: End, now: number, jitter: number): void {
  record.crashes = countCrash(record.crashes, record.readyAt === null ? 0 : now - record.readyAt);
  // The most informative reason: its own failure message, why it was killed, or how it ended.
  record.lastEnd = record.failure === null ? (record.killedFor ?? end) : unable(record.failure.reason);
  record.lackedOther = record.failure?.unavailable ?? false;
  record.ended = { at: now, jitter };
  record.process = null;
  record.ports = null;
  record.readyAt = null;
  record.health = noHealthYet;
}
