/** A service with the names under which clients ask for its model. */
export interface NamedService {
  /** `namespace/name`. */
  readonly key: string;
  /** Unix seconds. */
  readonly created: number;
  readonly names: readonly string[];
}

/** Which service has each name: the one that was there first, and of two at once the one whose key comes first. */
export function ownersOfModelNames(services: Iterable<NamedService>): Map<string, string> {
  const inOrder = [...services].toSorted((a, b) => a.created - b.created || (a.key < b.key ? -1 : 1));
  const owners = new Map<string, string>();
  for (const { key, names } of inOrder) {
    for (const name of names) if (!owners.has(name)) owners.set(name, key);
  }
  return owners;
}
