import { z } from 'zod';

/** A fault that a test can inject into a simulated worker. */
export const faultSchema = z.strictObject({
  /**
   * `die`: the process ends at once. `hang`: the engine stalls, HTTP still works. `refuse`: 503 to every request for an
   * answer. `cut`: the connection of a stream is destroyed. `slow`: steps take `factor` times as long. `garbage`: a
   * stream gets bytes that are not events, then continues. `block`: the serving thread is blocked for `for_ms`, as by a
   * long computation.
   */
  fault: z.enum(['die', 'hang', 'refuse', 'cut', 'slow', 'garbage', 'block']),
  /** The fault begins after the engine has generated this many more tokens. */
  after_tokens: z.int().min(0).max(10_000_000).default(0),
  /** It ends by itself after this time; when absent, it stays until it is cleared. */
  for_ms: z.int().min(1).max(3_600_000).optional(),
  factor: z.number().min(1).max(10_000).default(10),
  /** `one`: the first stream that it meets (`cut`, `garbage`) or the first request (`refuse`); `all`: every one. */
  scope: z.enum(['one', 'all']).default('one'),
});
export type Fault = z.infer<typeof faultSchema>;
export type FaultName = Fault['fault'];

export interface Faults {
  order(fault: Fault): void;
  clear(): void;
  /** Counts generated tokens, for faults with `after_tokens`. */
  countTokens(count: number): void;
  /** Whether the engine hangs. */
  readonly hung: boolean;
  /** Factor by which steps are slower; 1 normally. */
  readonly slowness: number;
  /** Whether the fault applies to the request that asks; with scope `one` it applies once. */
  strikes(fault: 'refuse' | 'cut' | 'garbage'): boolean;
  /** Calls back when faults have begun or ended, so that a hung engine can resume. */
  onChange(listener: () => void): void;
}

/**
 * @param die ends the process at once.
 * @param now milliseconds on the monotonic clock.
 */
export function createFaults(die: () => void, now: () => number): Faults {
  let ordered: { fault: Fault; tokensLeft: number; endsAt: number | null }[] = [];
  const listeners: (() => void)[] = [];

  function begin(): void {
    for (const entry of ordered) {
      if (entry.tokensLeft > 0 || entry.endsAt !== null) continue;
      entry.endsAt = now() + (entry.fault.for_ms ?? Infinity);
      if (entry.fault.fault === 'die') die();
      if (entry.fault.fault === 'block') holdUp(entry.fault.for_ms ?? 0);
      if (entry.fault.for_ms !== undefined) setTimeout(changed, entry.fault.for_ms + 1).unref();
    }
  }

  function holdUp(durationMs: number): void {
    const end = now() + durationMs;
    while (now() < end);
  }

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function active(name: FaultName): (typeof ordered)[number] | null {
    if (ordered.length === 0) return null;
    const time = now();
    ordered = ordered.filter(({ endsAt }) => endsAt === null || endsAt > time);
    return ordered.find(({ fault, endsAt }) => fault.fault === name && endsAt !== null) ?? null;
  }

  return {
    order(fault) {
      ordered.push({ fault, tokensLeft: fault.after_tokens, endsAt: null });
      begin();
      changed();
    },
    clear() {
      ordered = [];
      changed();
    },
    countTokens(count) {
      if (ordered.length === 0) return;
      for (const entry of ordered) entry.tokensLeft -= count;
      begin();
    },
    get hung() {
      return active('hang') !== null;
    },
    get slowness() {
      return active('slow')?.fault.factor ?? 1;
    },
    strikes(name) {
      const entry = active(name);
      if (entry?.fault.scope === 'one') ordered = ordered.filter((other) => other !== entry);
      return entry !== null;
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
