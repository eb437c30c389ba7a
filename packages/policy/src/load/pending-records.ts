/** Most records that `take` returns at once; the others follow with the next call. */
const maxAtOnce = 200;
/** Most records that wait; beyond it the oldest is dropped. */
const maxPending = 2_000;

/** Records that changed since they were last sent, each once. */
export interface PendingRecords<Moved extends { readonly id: string }> {
  add(record: Moved): void;
  /** Removes and returns the records to send now, the longest waiting first. */
  take(): Moved[];
  clear(): void;
}

export function createPendingRecords<Moved extends { readonly id: string }>(): PendingRecords<Moved> {
  const pending = new Map<string, Moved>();
  return {
    add(record) {
      pending.delete(record.id);
      pending.set(record.id, record);
      const [oldest] = pending.keys();
      if (pending.size > maxPending && oldest !== undefined) pending.delete(oldest);
    },
    take() {
      const taken: Moved[] = [];
      for (const [id, record] of pending) {
        if (taken.length === maxAtOnce) break;
        pending.delete(id);
        taken.push(record);
      }
      return taken;
    },
    clear: () => pending.clear(),
  };
}
