import type { StoredBatch } from './run.ts';

/** Hears of a run's batches: those of this process whole, of the others only that there are some (null). */
export type BatchListener = (batch: StoredBatch | null) => void;

/** Tells the readers of this process what was stored. */
export interface Hub {
  subscribe(responseId: string, listener: BatchListener): () => void;
  publish(responseId: string, batch: StoredBatch | null): void;
  /** Everybody shall look: notifications may have been missed. */
  wakeAll(): void;
}

export function createHub(): Hub {
  const listeners = new Map<string, Set<BatchListener>>();
  return {
    subscribe(responseId, listener) {
      const known = listeners.get(responseId) ?? new Set();
      listeners.set(responseId, known.add(listener));
      return () => {
        known.delete(listener);
        if (known.size === 0 && listeners.get(responseId) === known) listeners.delete(responseId);
      };
    },
    publish(responseId, batch) {
      for (const listener of listeners.get(responseId) ?? []) listener(batch);
    },
    wakeAll() {
      for (const known of listeners.values()) for (const listener of known) listener(null);
    },
  };
}
