import type { BackoffPolicy } from '../client/backoff.ts';
import type { KubeReader } from '../client/kube-client.ts';
import type { ListOptions } from '../client/list-pages.ts';
import { type KubeObject, type ObjectKey, formatKey } from '../objects/kube-object.ts';
import type { ResourceRef } from '../objects/resource-ref.ts';
import { type CacheChange, type CacheEntry, type CacheStore, createCacheStore } from './cache-store.ts';
import { type CacheSource, type CacheTrouble, followResource } from './follow-resource.ts';

/** Between two lists or watches after a failure. */
const defaultBackoff: BackoffPolicy = { baseMs: 200, maxMs: 15_000 };
/** Even a cache whose watch has told everything is compared with a list: an event that was never sent is noticed so. */
const defaultRelistMs = 600_000;

export interface WatchCacheOptions<Kept> {
  readonly client: KubeReader;
  readonly resource: ResourceRef;
  /** Absent for all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** What is held in memory of an object: the fields that are used. Pure; it is called once for each version. */
  readonly keep: (object: KubeObject) => Kept;
  /** A list or a watch has failed, and what follows. */
  readonly onTrouble?: (trouble: CacheTrouble) => void;
  readonly relistMs?: number;
  readonly watchTimeoutMs?: number;
  readonly watchIdleMs?: number;
  readonly pageSize?: number;
  readonly backoff?: BackoffPolicy;
  readonly random?: () => number;
  readonly monotonicMs?: () => number;
}

export interface CacheCounts {
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly failures: number;
}

export interface WatchCache<Kept> {
  readonly resource: ResourceRef;
  /** Begins to list and watch. */
  start(): void;
  /** Ends the watch. Resolves when nothing of it runs. */
  stop(): Promise<void>;
  /** Whether a whole list was read once. Before that the cache knows nothing. */
  synced(): boolean;
  /** Resolves when it is synced; with false when the cache was stopped or the signal aborted before. */
  whenSynced(signal?: AbortSignal): Promise<boolean>;
  get(key: ObjectKey): Kept | null;
  entry(key: ObjectKey): CacheEntry<Kept> | null;
  list(): Kept[];
  entries(): IterableIterator<CacheEntry<Kept>>;
  /** Called for each change in its order, after the cache has it; after a list, when all of it is there. */
  onChange(listener: (change: CacheChange<Kept>) => void): () => void;
  /** Called whenever the cache has become newer, also where nothing has changed. */
  onProgress(listener: () => void): () => void;
  /** The version up to which everything is in the cache; null before the first list. */
  version(): string | null;
  /** Milliseconds since the server has last said something: how stale the cache may be. Infinite before the first list. */
  age(): number;
  /** Compares with a new list now. */
  relist(): void;
  counts(): CacheCounts;
}

export function createWatchCache<Kept>(options: WatchCacheOptions<Kept>): WatchCache<Kept> {
  const { resource, keep, monotonicMs = () => performance.now() } = options;
  const changeListeners = new Set<(change: CacheChange<Kept>) => void>();
  const progressListeners = new Set<() => void>();
  const store = createCacheStore(keep, (change) => {
    for (const listener of changeListeners) notify(() => listener(change));
  });
  const counts = { lists: 0, watches: 0, events: 0, failures: 0 };
  const ending = new AbortController();
  let version: string | null = null;
  let spokenAt = -Infinity;
  let running: Promise<void> | null = null;
  const source = createSource(options, store, counts, ending.signal, (reached) => {
    version = reached;
    spokenAt = monotonicMs();
    for (const listener of progressListeners) notify(listener);
  });
  return {
    resource,
    start() {
      running ??= followResource(source, {
        signal: ending.signal,
        backoff: options.backoff ?? defaultBackoff,
        relistMs: options.relistMs ?? defaultRelistMs,
        random: options.random ?? Math.random,
        monotonicMs,
        onTrouble(trouble) {
          counts.failures += 1;
          options.onTrouble?.(trouble);
        },
      });
    },
    async stop() {
      ending.abort();
      await running;
    },
    synced: () => version !== null,
    whenSynced: (signal) =>
      waitForSync(
        () => version !== null,
        progressListeners,
        signal === undefined ? [ending.signal] : [ending.signal, signal],
      ),
    get: (key) => store.entries.get(formatKey(key))?.kept ?? null,
    entry: (key) => store.entries.get(formatKey(key)) ?? null,
    list: () => [...store.entries.values()].map(({ kept }) => kept),
    entries: () => store.entries.values(),
    onChange: (listener) => subscribe(changeListeners, listener),
    onProgress: (listener) => subscribe(progressListeners, listener),
    version: () => version,
    age: () => monotonicMs() - spokenAt,
    relist: () => source.requestRelist(),
    counts: () => ({ ...counts }),
  };
}

/** The list and the watch of a cache, each from where the other ended. */
function createSource<Kept>(
  options: WatchCacheOptions<Kept>,
  store: CacheStore<Kept>,
  counts: { lists: number; watches: number; events: number },
  ending: AbortSignal,
  onReached: (version: string) => void,
): CacheSource {
  const { client, resource } = options;
  const scope = scopeOf(options);
  let version = '';
  let watching: AbortController | null = null;
  let relistWanted = false;
  const reach = (reached: string): void => {
    version = reached;
    onReached(reached);
  };
  return {
    async list() {
      relistWanted = false;
      counts.lists += 1;
      let collector = store.collect();
      const onStart = (): void => void (collector = store.collect());
      const onPage = (page: readonly KubeObject[]): void => collector.add(page);
      const listed = await client.listPages(resource, { ...scope, signal: ending }, { onStart, onPage });
      if (listed.outcome !== 'ok') return listed;
      collector.finish();
      reach(listed.value.resourceVersion);
      return null;
    },
    async watch() {
      counts.watches += 1;
      const controller = new AbortController();
      const onEnd = (): void => controller.abort();
      watching = controller;
      ending.addEventListener('abort', onEnd);
      if (ending.aborted || relistWanted) controller.abort();
      const from = { ...scope, ...timesOf(options), resourceVersion: version, signal: controller.signal };
      const end = await client.watch(resource, from, ({ type, object }) => {
        // What the socket held when the watch was ended is not read after it.
        if (controller.signal.aborted) return;
        counts.events += 1;
        if (type === 'DELETED') store.drop(object);
        else if (type !== 'BOOKMARK') store.put(object);
        reach(object.metadata.resourceVersion ?? version);
      });
      ending.removeEventListener('abort', onEnd);
      return end;
    },
    relistWanted: () => relistWanted,
    requestRelist() {
      relistWanted = true;
      watching?.abort();
    },
  };
}

function scopeOf<Kept>(options: WatchCacheOptions<Kept>): ListOptions {
  const { namespace, labelSelector, fieldSelector, pageSize } = options;
  return {
    ...(namespace !== undefined && { namespace }),
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
    ...(pageSize !== undefined && { pageSize }),
  };
}

function timesOf<Kept>({ watchTimeoutMs, watchIdleMs }: WatchCacheOptions<Kept>): object {
  return {
    ...(watchTimeoutMs !== undefined && { timeoutMs: watchTimeoutMs }),
    ...(watchIdleMs !== undefined && { idleMs: watchIdleMs }),
  };
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A listener that throws has a bug: it ends the process, and the others are called before. */
function notify(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** Resolves at the first progress, which is the end of the first list, or when one of the signals aborts. */
function waitForSync(
  synced: () => boolean,
  listeners: Set<() => void>,
  signals: readonly AbortSignal[],
): Promise<boolean> {
  if (synced() || signals.some(({ aborted }) => aborted)) return Promise.resolve(synced());
  return new Promise((resolve) => {
    const end = (): void => {
      listeners.delete(end);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve(synced());
    };
    listeners.add(end);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  });
}
