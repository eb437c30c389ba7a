import type { Log } from '@kumiki/service';
import { sweep, type SweepOptions } from './sweep.ts';

export interface Sweeper {
  stop(): Promise<void>;
}

/** Sweeps at intervals, on every replica, since each step is idempotent. */
export function startSweeper(
  options: Omit<SweepOptions, 'signal'> & { readonly log: Log; readonly everyMs: number },
): Sweeper {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    // One that takes longer than the interval is followed by one, not by as many as were missed.
    if (isRunning) return;
    isRunning = true;
    running = sweep({ ...options, signal: stopping.signal })
      .catch((error: unknown) => options.log.warn({ err: error }, 'a sweep was cut short'))
      .finally(() => (isRunning = false));
  }, options.everyMs);
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
