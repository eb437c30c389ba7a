import type { ClusterService } from '../objects/observed-service.ts';

/** The names under which clients ask for the model of a service. */
export function namesOf({ manifest }: ClusterService): string[] {
  const { name, aliases } = manifest.spec.model;
  return [name ?? manifest.metadata.name, ...aliases];
}

export function keyOfService({ namespace, manifest }: ClusterService): string {
  return `${namespace}/${manifest.metadata.name}`;
}

/** Which service has each name: the one that was there first, and of two at once the one whose key comes first. */
export function ownersOfNames(services: Iterable<ClusterService>): Map<string, string> {
  const inOrder = [...services].toSorted(
    (a, b) => a.created - b.created || (keyOfService(a) < keyOfService(b) ? -1 : 1),
  );
  const owners = new Map<string, string>();
  for (const service of inOrder) {
    for (const name of namesOf(service)) if (!owners.has(name)) owners.set(name, keyOfService(service));
  }
  return owners;
}

/** The other service that has a name of this one; null when none has. */
export function nameTakenBy(service: ClusterService, owners: ReadonlyMap<string, string>): string | null {
  const own = keyOfService(service);
  for (const name of namesOf(service)) {
    const owner = owners.get(name);
    if (owner !== undefined && owner !== own) return owner;
  }
  return null;
}
