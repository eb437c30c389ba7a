import type { ApplyResult, Change, KvCache, ModelService, ServiceStatus, Status } from '@kumiki/api';

/**
 * What the control API needs of whatever runs the models: the processes of one machine, or the objects of a cluster.
 * What is read comes from what the installation has in memory; what is written may take its time.
 */
export interface Installation {
  status(): Status;
  /** Throws KumikiError `not_found`. */
  service(name: string): ServiceStatus;
  /** How busy the replicas of all services say they are. */
  gauges(): readonly ReplicaGauges[];
  /** Called whenever what is read may be other than before. Returns what ends it. */
  onChange(listener: () => void): () => void;
  /**
   * Takes all of the manifests or none. Throws KumikiError.
   * @param by name of the key that asks; null where nobody does.
   */
  apply(manifests: readonly ModelService[], by: string | null): Promise<ApplyResult['data']>;
  scale(name: string, replicas: number, by: string | null): Promise<ServiceStatus>;
  /** Replaces every replica of a service, as a rollout does. */
  restart(name: string, by: string | null): Promise<ServiceStatus>;
  remove(name: string, by: string | null): Promise<void>;
  readonly logs: LogReader;
  readonly changes: ChangeReader;
}

/** What is known of a replica's load besides what gateways measure. */
export interface ReplicaGauges {
  readonly id: string;
  /** As gateways know it. */
  readonly endpoint: string;
  readonly service: string;
  readonly model: string;
  readonly running: number | null;
  readonly waiting: number | null;
  readonly maxRunning: number | null;
  readonly kvCache: KvCache | null;
  readonly rssBytes: number | null;
}

/** The logs of replicas, also of some that are gone. */
export interface LogReader {
  /** The last lines, oldest first; null when there is no such log. */
  tail(replica: string, lines: number): Promise<readonly string[] | null>;
  /**
   * Calls back with the last lines, and then with each that comes, none left out or told twice. The lines of a replica
   * that is gone are followed by none. Returns what ends it; null when there is no such log.
   */
  follow(replica: string, lines: number, onLine: (line: string) => void): Promise<(() => void) | null>;
}

/** What changed lately, and who did it. */
export interface ChangeReader {
  /** Newest first. */
  list(): readonly Change[];
  /** Returns what ends the subscription. The listener must be quick and not throw. */
  subscribe(listener: (change: Change) => void): () => void;
}
