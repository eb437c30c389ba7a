import { type EmbeddedThread, startThread } from './start-thread.ts';

/** Consecutive restarts of the thread before the database is given up, which takes hours. */
const maxReopens = 1_000;
/** Delay of the first restart; each further one doubles it. */
const firstReopenMs = 100;
/** Longest delay. */
const maxReopenMs = 30_000;
/** A thread that lived this long resets the count of restarts. */
const longLifeMs = 60_000;

export interface ThreadKeeper {
  /** The running thread, or the last one, which fails every request. */
  current(): EmbeddedThread;
  /** Stops restarting. */
  giveUp(): void;
}

/**
 * Keeps a thread of the embedded database alive: when an open database dies, a new thread opens the same folder. There
 * is no restart when the first open fails, or for a database in memory, whose data are lost.
 */
export function keepThread(
  folder: string | null,
  on: {
    onNotice(channel: string, payload: string): void;
    /** Called after each restart. */
    onReopened(thread: EmbeddedThread): Promise<void>;
  },
): ThreadKeeper {
  let given = false;
  let reopens = 0;

  const watch = (thread: EmbeddedThread): EmbeddedThread => {
    let openedAt = Number.POSITIVE_INFINITY;
    void thread.opened.then(
      () => (openedAt = performance.now()),
      () => {},
    );
    void thread.ended.then(() => {
      const wasOpen = openedAt < Number.POSITIVE_INFINITY;
      if (performance.now() - openedAt > longLifeMs) reopens = 0;
      if (folder === null || given || (!wasOpen && reopens === 0) || reopens >= maxReopens) return;
      setTimeout(reopen, Math.min(firstReopenMs * 2 ** reopens++, maxReopenMs)).unref();
    });
    return thread;
  };
  const reopen = (): void => {
    if (given) return;
    const thread = watch(startThread(folder, on.onNotice));
    void thread.opened.then(
      () => {
        current = thread;
        void on.onReopened(thread).catch(() => {});
      },
      () => {},
    );
  };
  let current = watch(startThread(folder, on.onNotice));
  return { current: () => current, giveUp: () => void (given = true) };
}
