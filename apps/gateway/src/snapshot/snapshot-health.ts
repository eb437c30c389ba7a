/** The snapshots that a gateway reads from files. */
export type SnapshotName = 'routes' | 'keys' | 'sessions' | 'project_limits';

export interface SnapshotState {
  readonly name: SnapshotName;
  /** Seconds since the content in force was read. */
  readonly ageSeconds: number;
  /** Whether the file in its present state cannot be read. The content that was read before stays in force. */
  readonly invalid: boolean;
}

/** The health of the files from which a gateway reads its snapshots. */
export interface SnapshotHealth {
  read(name: SnapshotName): void;
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
    read(name) {
      readAt.set(name, now());
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
      return name === undefined ? null : `the file of the snapshot '${name}' cannot be read; the last one is in force`;
    },
  };
}
