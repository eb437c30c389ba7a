import { type End, type HealthHistory, noHealthYet, type ObservedProcess } from '@kumiki/policy';
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
