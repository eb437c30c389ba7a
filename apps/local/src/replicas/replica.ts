import type { End, HealthHistory, Launch, ObservedReplica } from '@kumiki/policy';

/** A replica of this machine as planning sees it: the facts of every replica, and its process. */
export interface LocalReplica extends ObservedReplica {
  readonly launch: Launch;
  /** With a random number drawn at this end, for the backoff. */
  readonly ended: (End & { readonly at: number; readonly jitter: number }) | null;
  readonly startedAt: number;
  /** Whether it ever took traffic. */
  readonly wasReady: boolean;
  readonly health: HealthHistory;
  readonly pid: number | null;
  /** Port of its health check. */
  readonly healthPort: number | null;
  readonly rssBytes: number | null;
}

/** A replica with its process. Only observe.ts and apply.ts write it. */
export type ReplicaRecord = { -readonly [K in keyof LocalReplica]: LocalReplica[K] } & {
  readonly token: string;
  /** null while it has no process. */
  process: WorkerHandle | null;
  /** The failure message of its last start. */
  failure: string | null;
  /** Why it was killed, of its last start. */
  killedFor: End | null;
};

export interface WorkerHandle {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
}
