import { type KubeObject, type ObjectKey, formatKey, keyOf } from '../objects/kube-object.ts';

/** What a cache holds of an object: its identity, and what its user keeps. */
export interface CacheEntry<Kept> {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Whether it has a `deletionTimestamp`. */
  readonly deleting: boolean;
  readonly kept: Kept;
}

export type CacheChange<Kept> =
  | { readonly kind: 'added'; readonly entry: CacheEntry<Kept> }
  | { readonly kind: 'changed'; readonly entry: CacheEntry<Kept>; readonly before: CacheEntry<Kept> }
  | { readonly kind: 'removed'; readonly entry: CacheEntry<Kept> };

/** The objects of one resource as they were seen last. An object of the same name with another uid is another object. */
export interface CacheStore<Kept> {
  readonly entries: ReadonlyMap<string, CacheEntry<Kept>>;
  put(object: KubeObject): void;
  drop(object: KubeObject): void;
  /** Begins to collect a list, which replaces everything when it is whole. */
  collect(): ListCollector;
}

export interface ListCollector {
  add(objects: readonly KubeObject[]): void;
  /** Reports what the list lacks as removed. */
  finish(): void;
}

export function createCacheStore<Kept>(
  keep: (object: KubeObject) => Kept,
  onChange: (change: CacheChange<Kept>) => void,
): CacheStore<Kept> {
  let entries = new Map<string, CacheEntry<Kept>>();
  const read = (object: KubeObject): CacheEntry<Kept> => ({
    key: keyOf(object),
    uid: object.metadata.uid ?? '',
    resourceVersion: object.metadata.resourceVersion ?? '',
    deleting: object.metadata.deletionTimestamp !== undefined,
    kept: keep(object),
  });
  const compare = (before: CacheEntry<Kept> | undefined, entry: CacheEntry<Kept>): void => {
    if (before === undefined) onChange({ kind: 'added', entry });
    else if (before.uid !== entry.uid) {
      onChange({ kind: 'removed', entry: before });
      onChange({ kind: 'added', entry });
    } else if (before.resourceVersion !== entry.resourceVersion) onChange({ kind: 'changed', entry, before });
  };
  return {
    get entries() {
      return entries;
    },
    put(object) {
      const entry = read(object);
      const name = formatKey(entry.key);
      const before = entries.get(name);
      entries.set(name, entry);
      compare(before, entry);
    },
    drop(object) {
      const name = formatKey(keyOf(object));
      const entry = entries.get(name);
      if (entry === undefined) return;
      entries.delete(name);
      onChange({ kind: 'removed', entry });
    },
    collect() {
      const listed = new Map<string, CacheEntry<Kept>>();
      return {
        add(objects) {
          for (const object of objects) {
            const name = formatKey(keyOf(object));
            const before = entries.get(name);
            const { uid, resourceVersion } = object.metadata;
            // What is kept of an unchanged object is the same value as before, so that users can compare by identity.
            const same = before !== undefined && before.uid === uid && before.resourceVersion === resourceVersion;
            listed.set(name, same ? before : read(object));
          }
        },
        finish() {
          const old = entries;
          entries = listed;
          for (const [name, entry] of old) if (!listed.has(name)) onChange({ kind: 'removed', entry });
          for (const [name, entry] of listed) compare(old.get(name), entry);
        },
      };
    },
  };
}
