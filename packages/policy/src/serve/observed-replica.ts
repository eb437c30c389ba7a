import type { KvCache } from '@kumiki/api';
import type { End } from './end.ts';

/**
 * A replica as it was last seen: a process of one machine or a pod of a cluster. Times are milliseconds on one monotonic
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
  /** Of the target that it belongs to. */
  readonly key: string;
  readonly service: string;
  readonly model: string;
  readonly revision: string;
  /** Starts of its process beyond the first. */
  readonly restarts: number;
  /** Crashes in a row. */
  readonly crashes: number;
  /** When its process ended and why; null while it runs. */
  readonly ended: (End & { readonly at: number }) | null;
  /** Why its process ended last, before this start; null when it never did. */
  readonly lastEnd: End | null;
  /** When it took traffic first after its last start; null while it does not. */
  readonly readyAt: number | null;
  /** Taken out of traffic at this time. */
  readonly drainingSince: number | null;
  /** Told to end at this time. */
  readonly terminatedAt: number | null;
  /** Killed at this time. */
  readonly killedAt: number | null;
  readonly load: ObservedLoad | null;
  /** Where it takes requests, without `/v1`; null before it listens. */
  readonly url: string | null;
  /** Where it answers for its health, when that is another place. */
  readonly healthUrl: string | null;
  /** 0 to 1 while the model is loaded. */
  readonly progress: number | null;
  /** Unix seconds. */
  readonly startedAtUnix: number;
}

/** What a replica's last health answer told. */
export interface ObservedLoad {
  readonly at: number;
  readonly running: number;
  readonly waiting: number;
  readonly maxInFlight: number;
  /** Those of them that it works on at once. */
  readonly maxRunning: number;
  readonly simulated: boolean;
  readonly kvCache: KvCache | null;
}

/** Whether it takes new requests. */
export function isServing(replica: ObservedReplica): boolean {
  return replica.ended === null && replica.readyAt !== null && replica.drainingSince === null && !isEnding(replica);
}

export function isEnding({ terminatedAt, killedAt }: ObservedReplica): boolean {
  return terminatedAt !== null || killedAt !== null;
}
