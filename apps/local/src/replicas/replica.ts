import type { End, HealthHistory, Launch, ObservedReplica } from '@kumiki/policy';

/** A replica of this machine as planning sees it: what can be seen of every replica, and its process. */
export interface LocalReplica extends ObservedReplica {
  readonly launch: Launch;
  /** With the random number of this end. */
  readonly ended: (End & { readonly at: number; readonly jitter: number }) | null;
  readonly startedAt: number;
  /** Whether it ever took traffic. */
  readonly wasReady: boolean;
  readonly health: HealthHistory;
  readonly pid: number | null;
  /** Where it answers for its health. */
  readonly healthPort: number | null;
  readonly rssBytes: number | null;
}

/** A replica and the means to reach it. Written by observe.ts and apply.ts only. */
export type ReplicaRecord = { -readonly [K in keyof LocalReplica]: LocalReplica[K] } & {
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
