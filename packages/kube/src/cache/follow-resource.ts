import { type BackoffPolicy, backoffDelayMs, waitMs } from '../client/backoff.ts';
import { type KubeFailure, localFailure } from '../client/kube-result.ts';
import type { WatchEnd } from '../client/watch-stream.ts';

/** A watch of this length shows that the server is well, and the backoff starts over. */
const steadyWatchMs = 5_000;

export interface CacheTrouble {
  readonly during: 'list' | 'watch';
  readonly failure: KubeFailure;
  /** Failures in a row. */
  readonly attempt: number;
  readonly delayMs: number;
}

/** The two requests that keep a cache current. */
export interface CacheSource {
  /** Replaces the content of the cache by a whole list; null when it did. */
  list(): Promise<KubeFailure | null>;
  /** Watches from the cache's version on, until something ends it. */
  watch(): Promise<WatchEnd>;
  /** Whether the next thing is a list. */
  relistWanted(): boolean;
  /** Ends the watch for a list. */
  requestRelist(): void;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly backoff: BackoffPolicy;
  readonly relistMs: number;
  readonly random: () => number;
  readonly monotonicMs: () => number;
  readonly onTrouble: (trouble: CacheTrouble) => void;
}

/**
 * Lists once and watches after it, again from the version where a watch ended. Lists again after a 410, after `relistMs`,
 * and when it is asked to; for nothing else, since a list of thousands of objects costs the server much. Never gives up.
 */
export async function followResource(source: CacheSource, options: FollowOptions): Promise<void> {
  const { signal, backoff, relistMs, random, monotonicMs, onTrouble } = options;
  let attempt = 0;
  let listedAt = -Infinity;
  const retreat = async (during: CacheTrouble['during'], failure: KubeFailure | null): Promise<void> => {
    attempt += 1;
    const delayMs = backoffDelayMs(attempt, random(), backoff, failure?.retryAfterMs);
    if (failure !== null) onTrouble({ during, failure, attempt, delayMs });
    await waitMs(delayMs, signal);
  };
  while (!signal.aborted) {
    const restMs = listedAt + relistMs - monotonicMs();
    if (restMs <= 0 || source.relistWanted()) {
      const failure = await source.list().catch(faultOf);
      if (signal.aborted) return;
      if (failure === null) listedAt = monotonicMs();
      else await retreat('list', failure);
      if (failure !== null) continue;
    }
    const startedAt = monotonicMs();
    const timer = setTimeout(() => source.requestRelist(), Math.max(listedAt + relistMs - startedAt, 0));
    const end = await source.watch().catch(faultOf);
    clearTimeout(timer);
    if (signal.aborted) return;
    if (end.outcome === 'aborted') continue;
    const steady = monotonicMs() - startedAt >= steadyWatchMs;
    if (steady) attempt = 0;
    if (end.outcome === 'gone') listedAt = -Infinity;
    // A stream that ends early again and again is met with longer and longer waits, too.
    if (end.outcome !== 'ended') await retreat('watch', end);
    else if (!steady) await retreat('watch', null);
  }
}

/** What a `keep` that throws becomes: it is reported and tried again, and the cache stays at its version. */
function faultOf(error: unknown): KubeFailure {
  return localFailure('rejected', String(error), true);
}
