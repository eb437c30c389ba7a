/** A moment by both clocks. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export interface TenureOptions {
  /** How long it lasts after the last extension. */
  readonly limitMs: number;
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
}

/** The time during which a process holds a lease, as it can prove by its own clocks. */
export interface Tenure {
  /** Now; to be taken before the request that extends. */
  mark(): Moment;
  /** The lease was written by a request that began at this moment. */
  extend(from: Moment): void;
  end(): void;
  held(): boolean;
  /** Aborts when the current tenure ends; aborted where there is none. */
  lost(): AbortSignal;
  onChange(listener: (held: boolean) => void): () => void;
}

/**
 * The monotonic clock stops while a machine is suspended, and the wall clock may be set: the time since the last extension
 * is the longer of the two, so that a jump ends a tenure early and never late.
 */
export function createTenure({ limitMs, monotonicMs, wallMs }: TenureOptions): Tenure {
  const listeners = new Set<(held: boolean) => void>();
  let from: Moment | null = null;
  let ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  ending.abort();

  const restMs = (): number => {
    if (from === null) return 0;
    const passed = Math.max(monotonicMs() - from.monotonicMs, wallMs() - from.wallMs);
    return limitMs - passed;
  };
  const end = (): void => {
    clearTimeout(timer);
    if (from === null) return;
    from = null;
    ending.abort();
    for (const listener of listeners) listener(false);
  };
  const held = (): boolean => {
    if (from !== null && restMs() <= 0) end();
    return from !== null;
  };
  const arm = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void (held() && arm()), Math.max(restMs(), 1));
    timer.unref();
  };
  return {
    mark: () => ({ monotonicMs: monotonicMs(), wallMs: wallMs() }),
    extend(moment) {
      const before = held();
      const previous = from;
      from = moment;
      // A reply that comes too late extends nothing.
      if (restMs() <= 0) {
        from = previous;
        return;
      }
      arm();
      if (before) return;
      ending = new AbortController();
      for (const listener of listeners) listener(true);
    },
    end,
    held,
    lost: () => ending.signal,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
