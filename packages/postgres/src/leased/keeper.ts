import type { Lease } from './leased-table.ts';

/** What a process does when its lease was renewed or is lost. */
export interface KeptLease<Renewed> {
  /** Called with what the row says now. */
  readonly renewed?: (row: Renewed) => void;
  /** Called once. Nothing is renewed after it. */
  readonly lost: () => void;
}

/** Renews all leases that a process holds on a table, in one statement. */
export interface Keeper<Renewed> {
  /** @returns what ends it. */
  keep(lease: Lease, kept: KeptLease<Renewed>): () => void;
  /** Renews at once, to learn what rows say now. */
  look(): void;
  /** Renews nothing more. Resolves when no renewal is on its way. */
  stop(): Promise<void>;
}

export interface KeeperOptions<Renewed> {
  readonly renew: (leases: readonly Lease[]) => Promise<ReadonlyMap<string | number, Renewed>>;
  /** Between two renewals; a third of a lease at most. */
  readonly everyMs: number;
  /**
   * Called when the leases could not be renewed. That ends nothing: while the database is away nobody can claim, and every
   * write checks its fence.
   */
  readonly onTrouble: (error: unknown) => void;
}

export function createKeeper<Renewed>({ renew, everyMs, onTrouble }: KeeperOptions<Renewed>): Keeper<Renewed> {
  const entries = new Set<{ readonly lease: Lease; readonly kept: KeptLease<Renewed> }>();
  let looking = Promise.resolve();
  let busy = false;
  let wanted = false;
  const stopping = new AbortController();

  const renewAll = async (): Promise<void> => {
    const asked = [...entries];
    if (asked.length === 0) return;
    const held = await renew(asked.map(({ lease }) => lease));
    for (const entry of asked) {
      // It may have ended while the statement was on its way.
      if (!entries.has(entry)) continue;
      const row = held.get(entry.lease.id);
      if (row !== undefined) entry.kept.renewed?.(row);
      else if (entries.delete(entry)) entry.kept.lost();
    }
  };
  const work = async (): Promise<void> => {
    while (wanted && !stopping.signal.aborted) {
      wanted = false;
      await renewAll().catch(onTrouble);
    }
    busy = false;
  };
  const look = (): void => {
    wanted = true;
    if (busy) return;
    busy = true;
    looking = work();
  };
  const timer = setInterval(look, everyMs);

  return {
    keep(lease, kept) {
      const entry = { lease, kept };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    look,
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await looking;
    },
  };
}
