import type { StoredBatch } from './run.ts';

/** Called for a run's batches: with the batch when this process stored it, with null when another one did. */
export type BatchListener = (batch: StoredBatch | null) => void;

/** Notifies the readers of this process of stored batches. */
export interface Hub {
  subscribe(responseId: string, listener: BatchListener): () => void;
  publish(responseId: string, batch: StoredBatch | null): void;
  /** Wakes all readers, since notifications may have been missed. */
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
