/** Calls a function for many wishes once: soon after the first, and not again before a time has passed. */
export interface MergedCalls {
  want(): void;
  stop(): void;
}

export function mergeCalls(run: () => void, everyMs: number): MergedCalls {
  let timer: NodeJS.Timeout | null = null;
  let isWanted = false;
  let isStopped = false;
  const call = (): void => {
    timer = null;
    if (!isWanted || isStopped) return;
    isWanted = false;
    run();
    timer = setTimeout(call, everyMs).unref();
  };
  return {
    want() {
      isWanted = true;
      if (!isStopped) timer ??= setTimeout(call, 0).unref();
    },
    stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
