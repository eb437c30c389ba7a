import { type ConcurrencyPolicy, growConcurrency, initialConcurrency, shrinkConcurrency } from '@kumiki/policy';

export interface GateOptions {
  readonly policy: ConcurrencyPolicy;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
}

/** Limits the concurrent requests of a batch to the capacity of the models. */
export interface Gate {
  /** Resolves when the request may start. Each `enter` needs one `leave`. */
  enter(signal: AbortSignal): Promise<void>;
  leave(how: 'served' | 'broken' | { readonly full: { readonly retryAfterMs: number } }): void;
}

export function createGate({ policy, now, random }: GateOptions): Gate {
  let state = initialConcurrency(policy);
  let inside = 0;
  let timer: NodeJS.Timeout | null = null;
  const waiting = new Set<() => void>();

  const admit = (): void => {
    const pauseMs = state.pausedUntil - now();
    if (pauseMs > 0) {
      if (waiting.size > 0) wakeAfter(pauseMs);
      return;
    }
    for (const next of waiting) {
      if (inside >= Math.floor(state.limit)) return;
      waiting.delete(next);
      inside++;
      next();
    }
  };
  const wakeAfter = (pauseMs: number): void => {
    timer ??= setTimeout(() => {
      timer = null;
      admit();
    }, Math.ceil(pauseMs));
  };

  return {
    enter(signal) {
      return new Promise((resolve, reject) => {
        const giveUp = (): void => {
          waiting.delete(next);
          if (waiting.size === 0 && timer !== null) {
            clearTimeout(timer);
            timer = null;
          }
          reject(signal.reason as Error);
        };
        const next = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        if (signal.aborted) return reject(signal.reason as Error);
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(next);
        admit();
      });
    },
    leave(how) {
      inside--;
      if (how === 'served') state = growConcurrency(state, policy);
      else if (how !== 'broken') {
        state = shrinkConcurrency(state, { now: now(), retryAfterMs: how.full.retryAfterMs, jitter: random() }, policy);
      }
      admit();
    },
  };
}
