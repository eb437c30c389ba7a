/** Limits concurrent work and the length of the queue. */
export interface Slots {
  /** Resolves with a function that gives the slot back, or with null when the queue is full; rejects when aborted. */
  take(signal?: AbortSignal): Promise<(() => void) | null>;
}

export function createSlots(limits: { readonly atOnce: number; readonly waiting: number }): Slots {
  let busy = 0;
  const queue = new Set<() => void>();
  const giveBack = (): void => {
    busy--;
    const [next] = queue;
    if (next === undefined) return;
    queue.delete(next);
    next();
  };
  /** Gives the slot back once, even if called repeatedly. */
  const occupy = (): (() => void) => {
    busy++;
    let held = true;
    return () => {
      if (held) giveBack();
      held = false;
    };
  };
  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (busy < limits.atOnce) return occupy();
      if (queue.size >= limits.waiting) return null;
      const turn = Promise.withResolvers<() => void>();
      const next = (): void => {
        signal?.removeEventListener('abort', leave);
        turn.resolve(occupy());
      };
      const leave = (): void => {
        queue.delete(next);
        turn.reject(signal?.reason as Error);
      };
      queue.add(next);
      signal?.addEventListener('abort', leave, { once: true });
      return turn.promise;
    },
  };
}
