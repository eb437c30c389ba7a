/** Wakes whoever waits. A ring that comes between looking and waiting is not missed. */
export function createBell() {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    ring(): void {
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
    next() {
      const rung = promise;
      return async (limitMs: number, signal: AbortSignal): Promise<void> => {
        const { promise: over, resolve: end } = Promise.withResolvers<void>();
        const timer = setTimeout(end, limitMs);
        const stop = (): void => end();
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) end();
        await Promise.race([rung, over]);
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      };
    },
  };
}
