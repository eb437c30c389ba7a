import { ownersOfModelNames } from '@kumiki/policy';
import type { ClusterService } from '../objects/observed-service.ts';

/** The names under which clients ask for the model of a service. */
export function namesOf({ manifest }: ClusterService): string[] {
  const { name, aliases } = manifest.spec.model;
  return [name ?? manifest.metadata.name, ...aliases];
}

export function keyOfService({ namespace, manifest }: ClusterService): string {
  return `${namespace}/${manifest.metadata.name}`;
}

/** Which service has each name, as gateways see it too. */
export function ownersOfNames(services: Iterable<ClusterService>): Map<string, string> {
  return ownersOfModelNames(
    [...services].map((service) => ({ key: keyOfService(service), created: service.created, names: namesOf(service) })),
  );
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
