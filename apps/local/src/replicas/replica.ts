import type { KvCache } from '@kumiki/api';
import type { HealthHistory } from '@kumiki/policy';
import type { Launch } from '../sources/target.ts';
import type { End } from './end.ts';

/** A replica as planning sees it. Times are milliseconds on the monotonic clock. */
export interface ObservedReplica {
  readonly id: string;
  /** Of the target that it belongs to. */
  readonly key: string;
  readonly service: string;
  readonly revision: string;
  readonly launch: Launch;
  /** Starts of its process beyond the first. */
  readonly restarts: number;
  /** Crashes in a row. */
  readonly crashes: number;
  /** When its process ended, why, and the random number of this end; null while it runs. */
  readonly ended: (End & { readonly at: number; readonly jitter: number }) | null;
  /** Why its process ended last, before this start; null when it never did. */
  readonly lastEnd: End | null;
  readonly startedAt: number;
  /** When it took traffic first after its last start; null while it does not. */
  readonly readyAt: number | null;
  readonly wasReady: boolean;
  /** Taken out of traffic at this time. */
  readonly drainingSince: number | null;
  readonly terminatedAt: number | null;
  readonly killedAt: number | null;
  readonly health: HealthHistory;
  readonly load: ReplicaLoad | null;
  readonly pid: number | null;
  readonly port: number | null;
  /** Where it answers for its health. */
  readonly healthPort: number | null;
  /** 0 to 1 while the model is loaded. */
  readonly progress: number | null;
  readonly rssBytes: number | null;
  /** Unix seconds. */
  readonly startedAtUnix: number;
}

/** What a replica's last health answer told. */
export interface ReplicaLoad {
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

/** A replica and the means to reach it. Written by observe.ts and apply.ts only. */
export type ReplicaRecord = { -readonly [K in keyof ObservedReplica]: ObservedReplica[K] } & {
  readonly token: string;
  /** null when no process of it runs. */
  process: WorkerHandle | null;
  /** Why the process says that it cannot run; of its last start. */
  failure: string | null;
  /** Why we sent it SIGKILL; of its last start. */
  killedFor: End | null;
};

export interface WorkerHandle {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
}
