import type { KubeObject, ObjectKey } from '../objects/kube-object.ts';
import { hasReached } from '../objects/resource-version.ts';
import type { WatchCache } from './watch-cache.ts';

/** A cache that has not shown a write after this time is compared with a list, which is newer than the write. */
const overdueMs = 30_000;
/** Expectations of one owner; a plan of more writes than this is carried out in several rounds. */
const maxExpectations = 1_000;

/** What a cache tells an expectation. */
export type ExpectedCache = Pick<WatchCache<unknown>, 'entry' | 'version' | 'onProgress' | 'relist'>;

/**
 * Remembers what a controller wrote until its caches show it, so that it plans nothing on a cache older than its own
 * writes. An owner is the object for which it planned.
 */
export interface Expectations {
  /** After create, apply, replace, scale or a delete that waits for something: with the object of the reply. */
  expect(owner: string, cache: ExpectedCache, key: ObjectKey, written: KubeObject): void;
  /** After a delete whose reply was a Status: the object of this uid disappears. */
  expectGone(owner: string, cache: ExpectedCache, key: ObjectKey, uid: string): void;
  /** Whether the caches show every write of the owner. */
  met(owner: string): boolean;
  /** Calls back with an owner whose last expectation was met. */
  onMet(listener: (owner: string) => void): () => void;
  /** The owner is gone. */
  forget(owner: string): void;
  close(): void;
}

interface Expectation {
  readonly cache: ExpectedCache;
  readonly isMet: () => boolean;
  readonly since: number;
  overdue: boolean;
}

export function createExpectations(monotonicMs: () => number = () => performance.now()): Expectations {
  const owners = new Map<string, Expectation[]>();
  const caches = new Map<ExpectedCache, () => void>();
  const listeners = new Set<(owner: string) => void>();
  const timer = setInterval(() => {
    for (const list of owners.values()) for (const one of list) askAgain(one, monotonicMs());
  }, overdueMs / 2);
  timer.unref();

  const onProgress = (): void => {
    for (const [owner, list] of owners) {
      const left = list.filter((one) => !one.isMet());
      if (left.length === list.length) continue;
      if (left.length > 0) owners.set(owner, left);
      else {
        owners.delete(owner);
        for (const listener of listeners) listener(owner);
      }
    }
  };
  const add = (owner: string, cache: ExpectedCache, isMet: () => boolean): void => {
    if (isMet()) return;
    const list = owners.get(owner) ?? [];
    if (list.length >= maxExpectations) throw new RangeError(`more than ${maxExpectations} expectations of ${owner}`);
    list.push({ cache, isMet, since: monotonicMs(), overdue: false });
    owners.set(owner, list);
    if (!caches.has(cache)) caches.set(cache, cache.onProgress(onProgress));
  };
  return {
    expect(owner, cache, key, { metadata }) {
      const { uid = '', resourceVersion = '' } = metadata;
      add(owner, cache, () => {
        const entry = cache.entry(key);
        if (entry !== null && entry.uid === uid && hasReached(entry.resourceVersion, resourceVersion)) return true;
        // It was deleted since, or the cache does not select it: what counts is that the cache is newer than the write.
        return hasReached(cache.version() ?? '', resourceVersion);
      });
    },
    expectGone: (owner, cache, key, uid) => add(owner, cache, () => cache.entry(key)?.uid !== uid),
    met: (owner) => !owners.has(owner),
    onMet(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    forget: (owner) => void owners.delete(owner),
    close() {
      clearInterval(timer);
      for (const leave of caches.values()) leave();
      owners.clear();
    },
  };
}

function askAgain(one: Expectation, now: number): void {
  if (one.overdue || now - one.since < overdueMs) return;
  one.overdue = true;
  one.cache.relist();
}
