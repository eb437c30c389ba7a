import { countCrash, type End, type HealthHistory, noHealthYet, type ObservedProcess, unable } from '@kumiki/policy';
import type { ServiceHandle, ServiceMessage } from './spawn-service.ts';

/** What is known of one service's process, and what was done to it. */
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
  /** Where it listens, while it does. */
  ports: Extract<ServiceMessage, { type: 'listening' }> | null;
  /** Its own last word, since it was started last. */
  failure: Extract<ServiceMessage, { type: 'failed' }> | null;
  /** Why we killed it. */
  killedFor: End | null;
  /** How it ended last; null once it listens again. */
  lastEnd: End | null;
  /** Whether that was for want of what may come back. */
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

/** It is about to be started. What is known of its last end stays until it listens again. */
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

export function noteMessage(record: ServiceRecord, message: ServiceMessage, now: number): void {
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
  // The most telling of what is known: its own last word, why we killed it, or how it ended.
  record.lastEnd = record.failure === null ? (record.killedFor ?? end) : unable(record.failure.reason);
  record.lackedOther = record.failure?.unavailable ?? false;
  record.ended = { at: now, jitter };
  record.process = null;
  record.ports = null;
  record.readyAt = null;
  record.health = noHealthYet;
}
