import type { KvCache } from '@kumiki/api';
import type { End } from './end.ts';

/**
 * A replica as last observed: a process on one machine or a pod in a cluster. Times are milliseconds on one monotonic
 * clock.
 *
 *     starting ──first healthy answer──▶ ready ──out of the routes──▶ draining ──idle, or its time is over──▶ ending
 *        │                                │                              │                                      │
 *        ├──────── its process ends ──────┴──── dead or stalled: killed ─┴──────────────────────────────────────┤
 *        ▼                                                                                                      ▼
 *      failed ──after its backoff: restart──▶ starting                        out of the routes before: stopped, forgotten
 *
 * | state    | `ended` | `drainingSince` | `terminatedAt`, `killedAt` | `readyAt` |
 * |----------|---------|-----------------|----------------------------|-----------|
 * | starting | null    | null            | both null                  | null      |
 * | ready    | null    | null            | both null                  | set       |
 * | draining | null    | set             | both null                  | any       |
 * | ending   | null    | any             | one is set                 | any       |
 * | failed   | set     | null            | both null                  | null      |
 * | stopped  | set     | set             | both null                  | null      |
 */
export interface ObservedReplica {
  readonly id: string;
  /** Key of the target that it belongs to. */
  readonly key: string;
  readonly service: string;
  readonly model: string;
  readonly revision: string;
  /** Starts of its process beyond the first. */
  readonly restarts: number;
  /** Consecutive crashes. */
  readonly crashes: number;
  /** When its process ended and why; null while it runs. */
  readonly ended: (End & { readonly at: number }) | null;
  /** Why its previous process ended; null when it has not been restarted. */
  readonly lastEnd: End | null;
  /** When it first took traffic after its last start; null until then. */
  readonly readyAt: number | null;
  /** When it was taken out of traffic. */
  readonly drainingSince: number | null;
  /** When it was sent SIGTERM. */
  readonly terminatedAt: number | null;
  /** When it was killed. */
  readonly killedAt: number | null;
  readonly load: ObservedLoad | null;
  /** Base URL for requests, without `/v1`; null before it listens. */
  readonly url: string | null;
  /** Base URL of its health check, when that differs. */
  readonly healthUrl: string | null;
  /** 0 to 1 while the model is loading. */
  readonly progress: number | null;
  /** Unix seconds. */
  readonly startedAtUnix: number;
}

/** The load that a replica's last health answer reported. */
export interface ObservedLoad {
  readonly at: number;
  readonly running: number;
  readonly waiting: number;
  readonly maxInFlight: number;
  /** How many of them it runs at once. */
  readonly maxRunning: number;
  readonly simulated: boolean;
  readonly kvCache: KvCache | null;
}

/** Whether it takes new requests. */
export function isServing(replica: ObservedReplica): boolean {
  return replica.ended === null && replica.readyAt !== null && replica.drainingSince === null && !isEnding(replica);
}

export function isEnding({ terminatedAt, killedAt }: Pick<ObservedReplica, 'terminatedAt' | 'killedAt'>): boolean {
  return terminatedAt !== null || killedAt !== null;
}
