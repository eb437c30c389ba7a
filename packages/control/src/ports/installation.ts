import type { ApplyResult, Change, KvCache, ModelService, ServiceStatus, Status } from '@kumiki/api';

/**
 * What the control API needs from the runtime, which manages processes on one machine or objects in a cluster. Reads
 * are answered from memory; writes may take time.
 */
export interface Installation {
  status(): Status;
  /** Throws KumikiError `not_found`. */
  service(name: string): ServiceStatus;
  /** Load that the replicas of all services report. */
  gauges(): readonly ReplicaGauges[];
  /** Calls back whenever what is read may have changed. Returns a function that unsubscribes. */
  onChange(listener: () => void): () => void;
  /**
   * Applies all of the manifests or none. Throws KumikiError.
   * @param by name of the caller's key; null without a caller.
   */
  apply(manifests: readonly ModelService[], by: string | null): Promise<ApplyResult['data']>;
  scale(name: string, replicas: number, by: string | null): Promise<ServiceStatus>;
  /** Replaces every replica of a service, as a rollout does. */
  restart(name: string, by: string | null): Promise<ServiceStatus>;
  remove(name: string, by: string | null): Promise<void>;
  readonly logs: LogReader;
  readonly changes: ChangeReader;
}

/** What a replica reports of its own load, beside what gateways measure. */
export interface ReplicaGauges {
  readonly id: string;
  /** The id of its endpoint at the gateways. */
  readonly endpoint: string;
  readonly service: string;
  readonly model: string;
  readonly running: number | null;
  readonly waiting: number | null;
  readonly maxRunning: number | null;
  readonly kvCache: KvCache | null;
  readonly rssBytes: number | null;
}

/** The logs of replicas, including recently removed ones. */
export interface LogReader {
  /** The last lines, oldest first; null when there is no such log. */
  tail(replica: string, lines: number): Promise<readonly string[] | null>;
  /**
   * Calls back with the last lines and then with each new line, exactly once. A removed replica gets no new lines.
   * Returns a function that stops it; null when there is no such log.
   */
  follow(replica: string, lines: number, onLine: (line: string) => void): Promise<(() => void) | null>;
}

/** The recent changes, and who made them. */
export interface ChangeReader {
  /** Newest first. */
  list(): readonly Change[];
  /** Returns a function that unsubscribes. The listener must be quick and must not throw. */
  subscribe(listener: (change: Change) => void): () => void;
}
