/** Records that go out at once; the others go with the next. */
const maxAtOnce = 200;
/** Records that wait to go out; beyond it the oldest is left out. */
const maxPending = 2_000;

/** Records that have moved on since they were last told, each once. */
export interface PendingRecords<Moved extends { readonly id: string }> {
  add(record: Moved): void;
  /** Those that go out now, the longest waiting first. */
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
