/** Requests of one key that may wait for a place; the next one is refused. */
const maxWaiting = 16;

/** How long a request waits before it is refused. Its sender retries. */
const waitMs = 30_000;

interface Waiter {
  readonly lowPriority: boolean;
  readonly enter: () => void;
}

/**
 * The places of one key for what services do in its name. Without a free one a request waits in a queue, so that the key's
 * limit slows the work behind its responses instead of failing it.
 */
export interface Places {
  /** Whether no place is taken and nothing waits. */
  readonly idle: () => boolean;
  /**
   * Resolves with whether a place was taken.
   * @param leaving makes a signal that is aborted when the place is no longer wanted. Called only for a request that has to wait.
   */
  enter(most: number, lowPriority: boolean, leaving: () => AbortSignal): Promise<boolean> | true;
  /** Frees one place. */
  leave(): void;
}

export function createPlaces(): Places {
  let taken = 0;
  const waiting = new Set<Waiter>();

  function wait(lowPriority: boolean, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (entered: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        waiting.delete(waiter);
        resolve(entered);
      };
      const giveUp = (): void => finish(false);
      const waiter: Waiter = { lowPriority, enter: () => finish(true) };
      const timer = setTimeout(giveUp, waitMs);
      waiting.add(waiter);
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    idle: () => taken === 0 && waiting.size === 0,
    enter(most, lowPriority, leaving) {
      if (taken < most) {
        taken++;
        return true;
      }
      return waiting.size < maxWaiting ? wait(lowPriority, leaving()) : Promise.resolve(false);
    },
    leave() {
      // In order of arrival, but those of low priority last.
      const [first] = waiting;
      let next = first;
      for (const waiter of waiting) {
        if (waiter.lowPriority) continue;
        next = waiter;
        break;
      }
      // The place is handed over, so that no later request can take it in between.
      if (next === undefined) taken--;
      else next.enter();
    },
  };
}
