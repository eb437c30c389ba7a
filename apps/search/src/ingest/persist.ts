import { setTimeout as wait } from 'node:timers/promises';
import { KumikiError } from '@kumiki/api';

/** Delay between two attempts while the database is unavailable. */
const againMs = 1_000;
/** Longest wait for the database; after it the lease expires. */
const limitMs = 600_000;

/** Retries a write while the database is unavailable. Rejects with any other error, and after the limit. */
export async function persist(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const away = error instanceof KumikiError && error.code === 'service_unavailable';
      if (!away || signal.aborted || performance.now() > deadline) throw error;
      await wait(againMs, undefined, { signal }).catch(() => {});
    }
  }
}
