import type { PreparationThread } from './start-thread.ts';

/** A few threads, each started when it is first needed, or again after it has ended, and kept while there is work for it. */
export interface ThreadPool {
  /**
   * Runs work with a thread that no other work uses meanwhile. Rejects with the signal's reason when it aborts before.
   */
  use<Result>(signal: AbortSignal, work: (thread: PreparationThread) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface ThreadPoolOptions {
  readonly threads: number;
  /** How long an idle thread is kept. */
  readonly idleMs: number;
  readonly start: () => PreparationThread;
}

interface Place {
  thread: PreparationThread | null;
  idle: NodeJS.Timeout | undefined;
}

export function createThreadPool({ threads, idleMs, start }: ThreadPoolOptions): ThreadPool {
  const places = Array.from({ length: threads }, (): Place => ({ thread: null, idle: undefined }));
  const free = [...places];
  const waiting = new Set<(place: Place) => void>();

  async function take(signal: AbortSignal): Promise<Place> {
    signal.throwIfAborted();
    // The most recently used thread is warm.
    const place = free.pop();
    if (place !== undefined) return place;
    const { promise, resolve, reject } = Promise.withResolvers<Place>();
    const leave = (): void => {
      waiting.delete(resolve);
      reject(signal.reason as Error);
    };
    waiting.add(resolve);
    signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  function giveBack(place: Place): void {
    const [next] = waiting;
    if (next !== undefined) {
      waiting.delete(next);
      next(place);
      return;
    }
    free.push(place);
    place.idle = setTimeout(() => void endThread(place), idleMs);
    place.idle.unref();
  }

  return {
    async use(signal, work) {
      const place = await take(signal);
      clearTimeout(place.idle);
      if (place.thread?.dead !== false) place.thread = start();
      try {
        return await work(place.thread);
      } finally {
        giveBack(place);
      }
    },
    async close() {
      for (const place of places) clearTimeout(place.idle);
      await Promise.all(places.map(endThread));
    },
  };
}

async function endThread(place: Place): Promise<void> {
  const { thread } = place;
  place.thread = null;
  await thread?.end();
}
