/** The snapshots of a gateway. */
export type SnapshotName = 'routes' | 'cluster' | 'keys' | 'sessions' | 'project_limits';

export interface SnapshotState {
  readonly name: SnapshotName;
  /** Seconds since the file in force was read, or since accounts or the API server last said that what is in force is all. */
  readonly ageSeconds: number;
  /** Whether the file, or what accounts send, cannot be read in its present state. What was read before stays in force. */
  readonly invalid: boolean;
}

/** The health of the files, the stream and the cluster from which a gateway has its snapshots. */
export interface SnapshotHealth {
  /** @param ageMs how old what was read is by now. */
  read(name: SnapshotName, ageMs?: number): void;
  failed(name: SnapshotName): void;
  states(): readonly SnapshotState[];
  /** Why the gateway should get no traffic; null while its snapshots are valid, or have been invalid for a short time only. */
  notReady(): string | null;
}

/**
 * @param now monotonic milliseconds.
 * @param graceMs how long an invalid file is taken for one that is being written or repaired.
 */
export function createSnapshotHealth(now: () => number, graceMs: number): SnapshotHealth {
  const readAt = new Map<SnapshotName, number>();
  const invalidSince = new Map<SnapshotName, number>();
  return {
    read(name, ageMs = 0) {
      readAt.set(name, now() - ageMs);
      invalidSince.delete(name);
    },
    failed(name) {
      if (!invalidSince.has(name)) invalidSince.set(name, now());
    },
    states: () =>
      [...readAt].map(([name, at]) => ({ name, ageSeconds: (now() - at) / 1_000, invalid: invalidSince.has(name) })),
    notReady() {
      const time = now();
      const [name] = [...invalidSince].find(([, since]) => time - since >= graceMs) ?? [];
      return name === undefined ? null : `the snapshot '${name}' cannot be read; the last one is in force`;
    },
  };
}
