import type { ResponseObject } from '../answer/response-object.ts';
import { toStored } from './database-journal.ts';
import type { Hub } from './hub.ts';
import type { Journal, StoredBatch } from './run.ts';

export interface MemoryJournal extends Journal {
  readonly batches: readonly StoredBatch[];
  /** The final response once the run has ended. */
  response(): ResponseObject | null;
}

/** The journal of a response that is not stored; it lives as long as its request. */
export function createMemoryJournal(id: string, hub: Hub): MemoryJournal {
  const batches: StoredBatch[] = [];
  let response: ResponseObject | null = null;
  const add = (batch: Parameters<Journal['append']>[0]): void => {
    const stored = toStored(batch, batches.at(-1)?.lastSeq ?? -1);
    if (stored === null) return;
    batches.push(stored);
    hub.publish(id, stored);
  };
  return {
    batches,
    response: () => response,
    async append(batch) {
      add(batch);
      return 'stored';
    },
    async finish(batch, whole) {
      response = whole;
      add(batch);
      return 'stored';
    },
    async discard() {},
  };
}
