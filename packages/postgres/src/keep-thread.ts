import { type EmbeddedThread, startThread } from './start-thread.ts';

/** Times that a thread is started again before the database is given up, hours later, unless one has lived for long; */
const maxReopens = 1_000;
/** the wait before the first of them, which doubles with each, */
const firstReopenMs = 100;
/** up to this; */
const maxReopenMs = 30_000;
/** and how long is long. */
const longLifeMs = 60_000;

export interface ThreadKeeper {
  /** The one that lives, or the last that did: that one fails whatever it is asked. */
  current(): EmbeddedThread;
  /** Starts none again from now on. */
  giveUp(): void;
}

/**
 * Keeps a thread of the embedded database alive: one that was open and dies is started again on the same folder. A folder
 * that cannot be opened at first is left alone, and what was in memory is gone with its thread.
 */
export function keepThread(
  folder: string | null,
  on: {
    onNotice(channel: string, payload: string): void;
    /** Called each time that one lives again. */
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
