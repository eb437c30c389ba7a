import type { Lease } from './leased-table.ts';

/** Callbacks for a lease that was renewed or lost. */
export interface KeptLease<Renewed> {
  /** Called with the row as returned by the renewal. */
  readonly renewed?: (row: Renewed) => void;
  /** Called once; the lease is not renewed after it. */
  readonly lost: () => void;
}

/** Renews all leases that a process holds on a table, in one statement. */
export interface Keeper<Renewed> {
  /** @returns a function that ends it. */
  keep(lease: Lease, kept: KeptLease<Renewed>): () => void;
  /** Renews at once, to read the rows. */
  checkNow(): void;
  /** Stops renewing. Resolves when no renewal is in flight. */
  stop(): Promise<void>;
}

export interface KeeperOptions<Renewed> {
  readonly renew: (leases: readonly Lease[]) => Promise<ReadonlyMap<string | number, Renewed>>;
  /** Time between two renewals; at most a third of a lease. */
  readonly everyMs: number;
  /**
   * Called when a renewal fails. The leases stay: while the database is unavailable no process can claim, and every
   * write checks its fence.
   */
  readonly onError: (error: unknown) => void;
}

export function createKeeper<Renewed>({ renew, everyMs, onError }: KeeperOptions<Renewed>): Keeper<Renewed> {
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
      // It may have ended while the statement was in flight.
      if (!entries.has(entry)) continue;
      const row = held.get(entry.lease.id);
      if (row !== undefined) entry.kept.renewed?.(row);
      else if (entries.delete(entry)) entry.kept.lost();
    }
  };
  const work = async (): Promise<void> => {
    while (wanted && !stopping.signal.aborted) {
      wanted = false;
      await renewAll().catch(onError);
    }
    busy = false;
  };
  const checkNow = (): void => {
    wanted = true;
    if (busy) return;
    busy = true;
    looking = work();
  };
  const timer = setInterval(checkNow, everyMs);

  return {
    keep(lease, kept) {
      const entry = { lease, kept };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    checkNow,
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await looking;
    },
  };
}
