import { setTimeout as wait } from 'node:timers/promises';
import { KumikiError } from '@kumiki/api';

/** Between two attempts to tell a database that is away. */
const againMs = 1_000;
/** A database that is away for longer is not waited for; leases run out then. */
const limitMs = 600_000;

/** Does something until the database has heard of it. Rejects with whatever else goes wrong, and when the time is over. */
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
