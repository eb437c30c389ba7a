/** Requests of one key that wait for a place at once; the next is refused. */
const maxWaiting = 16;

/** How long one waits; then it is refused, and whoever sent it comes back. */
const waitMs = 30_000;

interface Waiter {
  readonly lowPriority: boolean;
  readonly enter: () => void;
}

/**
 * The places of one key for what services do in its name. Whoever finds none waits in a queue, so that work behind a
 * response of the key itself is slowed by the key's limit and not failed by it.
 */
export interface Places {
  /** Nobody is in them and nobody waits. */
  readonly idle: () => boolean;
  /**
   * Resolves with whether there is a place now.
   * @param leaving aborted when nobody wants the place any more. Asked for only by those who have to wait.
   */
  enter(most: number, lowPriority: boolean, leaving: () => AbortSignal): Promise<boolean> | true;
  /** Gives one place free. */
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
      // In the order of their coming, those first that somebody waits for.
      const [first] = waiting;
      let next = first;
      for (const waiter of waiting) {
        if (waiter.lowPriority) continue;
        next = waiter;
        break;
      }
      // The place goes on to the next: nobody who comes in between can take it.
      if (next === undefined) taken--;
      else next.enter();
    },
  };
}
