import type { Database } from '@kumiki/postgres';
import type { Log } from '@kumiki/service';
import { changesChannel } from './change.ts';
import { loadAll, loadChanges, type LoadedAccounts, type LoadedChange } from './load-accounts.ts';
import { createRecentChanges } from './recent-changes.ts';

/** Between two looks for changes of which no notification came. */
const pollMs = 1_000;

/** All accounts in the memory of this replica, which follows the changes of all replicas. */
export interface Mirror {
  /** As they are here. The maps are those that later changes are applied to. */
  readonly state: () => Readonly<LoadedAccounts>;
  /** Rises whenever everything was read again, because changes were missed. */
  readonly generation: () => number;
  /** Resolves when every change that was committed before the call is here. Rejects when the database is unreachable. */
  catchUp(): Promise<void>;
  /** The changes after a number; null when they are not known, and everything has to be read. */
  changesAfter(number: number): readonly LoadedChange[] | null;
  /** Resolves at the next change, or after a while. */
  moved(limitMs: number): Promise<void>;
  /** Milliseconds since the database last said that this is all. */
  ageMs(): number;
  close(): Promise<void>;
}

/** Reads all accounts, and follows their changes: a notification wakes, and looks from time to time make sure. */
export async function openMirror(database: Database, log: Log): Promise<Mirror> {
  let state = await loadAll(database);
  let generation = 0;
  let currentAt = performance.now();
  let isTold = false;
  /** The connection was lost: after a restore the database may have other changes under the same numbers. */
  let isSuspect = false;
  const recent = createRecentChanges();
  const waiters = createWaiters();

  async function reload(): Promise<void> {
    // Before the reading: a connection that is lost meanwhile calls for another one.
    isSuspect = false;
    state = await loadAll(database).catch((error: unknown) => {
      isSuspect = true;
      throw error;
    });
    generation++;
    recent.clear();
    waiters.wake();
  }

  async function step(): Promise<void> {
    const begun = performance.now();
    for (;;) {
      const loaded = isSuspect ? null : await loadChanges(database, state.number);
      if (loaded === null) {
        await reload();
        break;
      }
      for (const one of loaded.changes) {
        apply(state, one);
        recent.add(one);
      }
      if (loaded.changes.length > 0) waiters.wake();
      if (state.number >= loaded.head) break;
    }
    currentAt = begun;
    isTold = false;
  }

  const inTurn = createTurns(step);
  const look = (): void =>
    void inTurn().catch((error: unknown) => {
      if (!isTold)
        log.error({ err: error }, 'the database cannot be asked for changes: what was read last stays in force');
      isTold = true;
    });
  let isFirst = true;
  const stopListening = await database.listen(changesChannel, (payload) => {
    if (payload === null && !isFirst) isSuspect = true;
    isFirst = false;
    look();
  });
  const timer = setInterval(look, pollMs);

  return {
    state: () => state,
    generation: () => generation,
    catchUp: inTurn,
    changesAfter: (number) => recent.after(number),
    moved: waiters.wait,
    ageMs: () => performance.now() - currentAt,
    async close() {
      clearInterval(timer);
      await stopListening();
      waiters.wake();
      await inTurn.idle();
    },
  };
}

/** Those who wait for the next change. */
function createWaiters() {
  const waiting = new Set<() => void>();
  return {
    wake(): void {
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
    /** Resolves at the next call of `wake`, or after a while. */
    wait(limitMs: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, limitMs);
      waiting.add(resolve);
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(resolve);
      });
    },
  };
}

function apply(state: LoadedAccounts, { number, kind, id, value }: LoadedChange): void {
  state.number = number;
  const map: Map<string, unknown> =
    kind === 'key' ? state.keys : kind === 'session' ? state.sessions : state.projectLimits;
  if (value === null) map.delete(id);
  else map.set(id, value);
}

/** Runs one at a time. Callers that come while it runs share the next one, which begins after they called. */
function createTurns(step: () => Promise<void>) {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  const turn = (): Promise<void> => {
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null;
        running = step();
        return running;
      });
    return next;
  };
  return Object.assign(turn, { idle: (): Promise<void> => running.catch(() => {}) });
}
