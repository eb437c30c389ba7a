import { type BackoffPolicy, backoffDelayMs } from '../client/backoff.ts';
import { createDueDates } from './due-dates.ts';

/** More objects than an API server has room for. */
const maxKeys = 500_000;
const defaultBackoff: BackoffPolicy = { baseMs: 500, maxMs: 300_000 };

/** What became of one run for a key. */
export type WorkResult =
  | { readonly outcome: 'done' }
  /** Again after a time, which is no failure: something is waited for. */
  | { readonly outcome: 'again'; readonly afterMs: number }
  /** Again after the key's backoff. */
  | { readonly outcome: 'failed'; readonly retryAfterMs?: number | null };

export interface WorkQueueOptions {
  /** Works on one key. Never runs twice at once for the same key. One that throws counts as failed. */
  readonly handle: (key: string, signal: AbortSignal) => Promise<WorkResult>;
  /** Keys in work at once. */
  readonly concurrency: number;
  readonly backoff?: BackoffPolicy;
  readonly random?: () => number;
  readonly onError?: (key: string, error: unknown) => void;
}

/** Keys that want work, each once, however often it was added. */
export interface WorkQueue {
  /** Now; also where the key waits for its backoff. A key in work is worked on once more after it. */
  add(key: string): void;
  /** After a time at the latest: an earlier date stays. */
  addAfter(key: string, delayMs: number): void;
  /** Keys that wait for their turn, for their time, and that are in work. */
  sizes(): { readonly ready: number; readonly later: number; readonly running: number };
  /** Failures in a row of a key. */
  failures(key: string): number;
  /** Takes up nothing more, aborts the signal of what runs, and resolves when it has ended. */
  stop(): Promise<void>;
}

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { handle, concurrency, backoff = defaultBackoff, random = Math.random, onError } = options;
  const ready = new Set<string>();
  const later = createDueDates((key) => add(key));
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const stopping = new AbortController();

  const add = (key: string): void => {
    if (stopping.signal.aborted) return;
    later.forget(key);
    if (running.has(key)) again.add(key);
    else {
      requireRoom(ready.size);
      ready.add(key);
      startNext();
    }
  };
  const addAfter = (key: string, delayMs: number): void => {
    if (stopping.signal.aborted || ready.has(key)) return;
    if (delayMs <= 0) {
      add(key);
      return;
    }
    requireRoom(later.size());
    later.set(key, delayMs);
  };
  const settle = (key: string, result: WorkResult): void => {
    if (result.outcome !== 'failed') failures.delete(key);
    if (result.outcome === 'again') addAfter(key, result.afterMs);
    if (result.outcome !== 'failed') return;
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    addAfter(key, backoffDelayMs(count, random(), backoff, result.retryAfterMs));
  };
  const work = async (key: string): Promise<void> => {
    let result: WorkResult = { outcome: 'failed' };
    try {
      result = await handle(key, stopping.signal);
    } catch (error) {
      onError?.(key, error);
    }
    running.delete(key);
    settle(key, result);
    // A key that was added while it was in work is not kept back by a failure: what it is about has changed.
    if (again.delete(key)) add(key);
    startNext();
  };
  function startNext(): void {
    for (const key of ready) {
      if (running.size >= concurrency || stopping.signal.aborted) return;
      ready.delete(key);
      running.set(key, work(key));
    }
  }
  return {
    add,
    addAfter,
    sizes: () => ({ ready: ready.size, later: later.size(), running: running.size }),
    failures: (key) => failures.get(key) ?? 0,
    async stop() {
      stopping.abort();
      ready.clear();
      again.clear();
      later.clear();
      await Promise.all(running.values());
    },
  };
}

function requireRoom(size: number): void {
  if (size >= maxKeys) throw new RangeError(`a work queue holds ${maxKeys} keys`);
}
