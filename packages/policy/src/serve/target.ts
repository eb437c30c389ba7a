import type { ContinuationMode, Deadlines, EngineSpec, SecretKeyRef, Task } from '@kumiki/api';

/** The desired state of one model of a service: replicas to run, or outside servers to use. */
export type Target = ProcessTarget | RemoteTarget;

/** What every target has. */
export interface TargetBase {
  /** `service/model`, which replicas refer to. */
  readonly key: string;
  readonly service: string;
  readonly model: string;
  readonly aliases: readonly string[];
  readonly task: Task;
  /** Unix seconds. */
  readonly created: number;
  readonly deadlines: Deadlines;
  /** Digest of what is loaded (source, file, engine, task), independent of the number of replicas. */
  readonly revision: string;
}

export interface ProcessTarget extends TargetBase {
  readonly kind: 'process';
  readonly replicas: number;
  readonly launch: Launch;
}

/** Everything that a worker is started with. Equal launches give equal replicas. */
export interface Launch {
  readonly model: string;
  /** Where the worker reads the model: an absolute path, or `simulated:`. */
  readonly source: string;
  readonly task: Task;
  readonly engine: EngineSpec;
  /** Bytes of the model file with all its parts; 0 without a file. */
  readonly fileBytes: number;
  /** Time without progress after which the worker reports that its engine has stalled. */
  readonly stallMs: number;
  readonly startTimeoutMs: number;
  readonly drainTimeoutMs: number;
  /** Whether the simulated engine accepts fault injection. */
  readonly faults: boolean;
}

export interface RemoteTarget extends TargetBase {
  readonly kind: 'remote';
  /** Origin and base path before `/v1`, one for each server. */
  readonly urls: readonly string[];
  /** The secret with their API key, by name; its value is read when routes are built. */
  readonly apiKey: SecretKeyRef | null;
  readonly upstreamModel: string | null;
  readonly continuation: ContinuationMode;
  readonly maxInFlight: number;
}

/** The result of resolving a manifest on this installation. */
export type Resolution =
  | { readonly ok: true; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly reason: string };
