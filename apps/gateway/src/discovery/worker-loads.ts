import { createWorkQueue } from '@kumiki/kube';
import { askLoad, type WorkerPlaces } from './ask-load.ts';

/** Workers that are asked at once. */
const concurrency = 16;
/** Between two attempts to ask one that does not answer. */
const backoff = { baseMs: 250, maxMs: 10_000 };

export interface WorkerLoads {
  /** Asks those that are not known, by endpoint and the URL of their health, and forgets everybody else. */
  want(workers: ReadonlyMap<string, string>): void;
  of(endpoint: string): WorkerPlaces | null;
  /** How many of those that are wanted were never asked. */
  unasked(): number;
  stop(): Promise<void>;
}

/**
 * Asks each worker once how many requests it takes.
 * @param before what an earlier process of this gateway knew.
 */
export function createWorkerLoads(before: ReadonlyMap<string, WorkerPlaces>, onChange: () => void): WorkerLoads {
  let wanted: ReadonlyMap<string, string> = new Map();
  const told = new Map<string, WorkerPlaces>(before);
  const asked = new Set<string>();
  const queue = createWorkQueue({
    concurrency,
    backoff,
    async handle(endpoint) {
      const url = wanted.get(endpoint);
      if (url === undefined) return { outcome: 'done' };
      const places = await askLoad(url);
      if (wanted.get(endpoint) !== url) return { outcome: 'done' };
      const isFirst = !asked.has(endpoint);
      asked.add(endpoint);
      if (places !== null) told.set(endpoint, places);
      if (isFirst || places !== null) onChange();
      return places === null ? { outcome: 'failed' } : { outcome: 'done' };
    },
  });
  return {
    want(workers) {
      for (const known of [told, asked]) for (const id of known.keys()) if (!workers.has(id)) known.delete(id);
      const added = [...workers].filter(([id, url]) => wanted.get(id) !== url);
      wanted = workers;
      for (const [id] of added) queue.add(id);
    },
    of: (endpoint) => told.get(endpoint) ?? null,
    unasked: () => [...wanted.keys()].filter((id) => !asked.has(id)).length,
    stop: queue.stop,
  };
}
