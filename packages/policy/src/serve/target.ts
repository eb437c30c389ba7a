import type { ContinuationMode, Deadlines, EngineSpec, SecretKeyRef, Task } from '@kumiki/api';

/** What a service asks for: for each of its models either replicas to run or servers to send to. */
export type Target = ProcessTarget | RemoteTarget;

interface TargetBase {
  /** `service/model`: what replicas belong to. */
  readonly key: string;
  readonly service: string;
  readonly model: string;
  readonly aliases: readonly string[];
  readonly task: Task;
  /** Unix seconds. */
  readonly created: number;
  readonly deadlines: Deadlines;
  /** Names what is loaded: source, file, engine, task. Not how often. */
  readonly revision: string;
}

export interface ProcessTarget extends TargetBase {
  readonly kind: 'process';
  readonly replicas: number;
  readonly launch: Launch;
}

/** All that a worker is started with. Equal launches make equal replicas. */
export interface Launch {
  readonly model: string;
  /** Where the worker reads the model: an absolute path, or `simulated:`. */
  readonly source: string;
  readonly task: Task;
  readonly engine: EngineSpec;
  /** Of the model file with all of its parts; 0 without one. */
  readonly fileBytes: number;
  /** Time without progress after which the worker says that its engine stands still. */
  readonly stallMs: number;
  readonly startTimeoutMs: number;
  readonly drainTimeoutMs: number;
  /** Whether the simulated engine may be told to fail. */
  readonly faults: boolean;
}

export interface RemoteTarget extends TargetBase {
  readonly kind: 'remote';
  /** Origin and base path before `/v1`, one for each server. */
  readonly urls: readonly string[];
  /** The secret that they demand, by its name: its value is read when routes are made. */
  readonly apiKey: SecretKeyRef | null;
  readonly upstreamModel: string | null;
  readonly continuation: ContinuationMode;
  readonly maxInFlight: number;
}

/** What became of a manifest where it is to be served. */
export type Resolution =
  | { readonly ok: true; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly reason: string };
