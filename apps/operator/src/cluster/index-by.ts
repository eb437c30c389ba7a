import type { CacheEntry, WatchCache } from '@kumiki/kube';

/** The objects of a cache by what they belong to. */
export interface CacheIndex<Kept> {
  of(group: string): Kept[];
}

/** @param groupOf the group of an object, from what is kept of it; null for none. */
export function indexBy<Kept>(
  cache: WatchCache<Kept>,
  groupOf: (entry: CacheEntry<Kept>) => string | null,
): CacheIndex<Kept> {
  const groups = new Map<string, Map<string, Kept>>();
  const nameOf = ({ key }: CacheEntry<Kept>): string => `${key.namespace}/${key.name}`;
  const drop = (entry: CacheEntry<Kept>): void => {
    const group = groupOf(entry);
    if (group === null) return;
    const members = groups.get(group);
    members?.delete(nameOf(entry));
    if (members?.size === 0) groups.delete(group);
  };
  const put = (entry: CacheEntry<Kept>): void => {
    const group = groupOf(entry);
    if (group === null) return;
    const members = groups.get(group) ?? new Map<string, Kept>();
    members.set(nameOf(entry), entry.kept);
    groups.set(group, members);
  };
  for (const entry of cache.entries()) put(entry);
  cache.onChange((change) => {
    if (change.kind === 'changed') drop(change.before);
    if (change.kind === 'removed') drop(change.entry);
    else put(change.entry);
  });
  return { of: (group) => [...(groups.get(group)?.values() ?? [])] };
}
