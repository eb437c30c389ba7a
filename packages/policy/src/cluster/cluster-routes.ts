import type { RouteTable } from '@kumiki/api';
import { buildRoutes, type RoutedTarget } from '../serve/build-routes.ts';
import type { OutsideServers } from '../serve/outside-servers.ts';
import { ownersOfModelNames } from './name-owners.ts';
import type { RoutedService } from './route-target.ts';
import { type PodKnowledge, replicasOfPods, type RoutedPod } from './routed-pod.ts';

/** What a gateway sees of a cluster. */
export interface ClusterView {
  readonly services: readonly RoutedService[];
  readonly pods: Iterable<RoutedPod>;
}

/**
 * The routes of a cluster: those that one machine would have, with pods for replicas. Of two services with one name the
 * older has it; the other keeps the names that are its own, and none where its model's name is not.
 * @param base what comes by other ways: backends, the egress policy, and models whose names are taken before all others.
 */
export function buildClusterRoutes(
  { services, pods }: ClusterView,
  base: RouteTable,
  knowledge: PodKnowledge,
  outside: OutsideServers,
): RouteTable {
  const taken = new Set(base.models.flatMap(({ model, aliases }) => [model, ...aliases]));
  const owners = ownersOfModelNames(
    services.map(({ key, created, target }) => ({ key, created, names: [target.model, ...target.aliases] })),
  );
  const targets = services.flatMap(({ key, target }): RoutedTarget[] => {
    const isOwn = (name: string): boolean => owners.get(name) === key && !taken.has(name);
    return isOwn(target.model) ? [{ ...target, aliases: target.aliases.filter(isOwn) }] : [];
  });
  const table = buildRoutes(targets, replicasOfPods(pods, knowledge), base.backends, outside);
  return { ...table, models: [...base.models, ...table.models] };
}
