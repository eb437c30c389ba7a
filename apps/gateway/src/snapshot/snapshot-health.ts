/** The snapshots that a gateway reads from files. */
export type SnapshotName = 'routes' | 'keys' | 'sessions' | 'project_limits';

export interface SnapshotState {
  readonly name: SnapshotName;
  /** Since what is in force was read. */
  readonly ageSeconds: number;
  /** The file cannot be read as it is now; what was read before stays in force. */
  readonly invalid: boolean;
}

/** How it stands with the files that a gateway gets its snapshots from. */
export interface SnapshotHealth {
  read(name: SnapshotName): void;
  failed(name: SnapshotName): void;
  states(): readonly SnapshotState[];
  /** Why the gateway should get no traffic; null while its snapshots are well, or not yet invalid for long. */
  notReady(): string | null;
}

/**
 * @param now monotonic milliseconds.
 * @param graceMs so long an invalid file counts as one that is just being written, or mended.
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
