import { apiGroup, apiVersion, labels } from '@kumiki/api';
import { createWatchCache, type KubeReader, type ResourceRef, resources, type WatchCache } from '@kumiki/kube';
import type { ObservedNode } from '@kumiki/policy';
import { manager } from '../objects/object-labels.ts';
import { type CacheIndex, indexBy } from './index-by.ts';
import type { OwnedDeployment, OwnedKind, OwnedObject } from './observed.ts';
import {
  type KeptPod,
  type KeptService,
  readDeployment,
  readNode,
  readOwned,
  readPod,
  readService,
} from './read-objects.ts';

export const modelServices: ResourceRef = {
  apiVersion,
  kind: 'ModelService',
  plural: 'modelservices',
  namespaced: true,
};

/** Where each kind that the operator makes is found. */
export const ownedResources: Readonly<Record<OwnedKind, ResourceRef>> = {
  Deployment: resources.deployments,
  Service: resources.services,
  PodDisruptionBudget: resources.podDisruptionBudgets,
  NetworkPolicy: resources.networkPolicies,
  Secret: resources.secrets,
};

const besideKinds = ['Service', 'PodDisruptionBudget', 'NetworkPolicy', 'Secret'] as const;

export interface Caches {
  readonly services: WatchCache<KeptService>;
  readonly deployments: WatchCache<OwnedDeployment>;
  readonly pods: WatchCache<KeptPod>;
  readonly nodes: WatchCache<ObservedNode>;
  readonly beside: Readonly<Record<(typeof besideKinds)[number], WatchCache<OwnedObject>>>;
  /** By `namespace/service`. */
  readonly deploymentsOf: CacheIndex<OwnedDeployment>;
  readonly podsOf: CacheIndex<KeptPod>;
  readonly besideOf: readonly CacheIndex<OwnedObject>[];
  all(): readonly WatchCache<unknown>[];
  cacheOf(kind: string): WatchCache<unknown>;
}

/** @param namespace null for all of them. */
export function openCaches(
  client: KubeReader,
  namespace: string | null,
  onTrouble: (resource: string, message: string) => void,
): Caches {
  const scope = namespace === null ? {} : { namespace };
  const open = <Kept>(
    resource: ResourceRef,
    keep: Parameters<typeof createWatchCache<Kept>>[0]['keep'],
    labelSelector?: string,
  ): WatchCache<Kept> =>
    createWatchCache<Kept>({
      client,
      resource,
      keep,
      ...(resource.namespaced ? scope : {}),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      onTrouble: ({ failure }) => onTrouble(resource.plural, failure.message),
    });
  const ours = `${labels.managedBy}=${manager}`;
  const services = open(modelServices, readService);
  const deployments = open(resources.deployments, readDeployment, ours);
  const pods = open(resources.pods, readPod, `${labels.service},${ours}`);
  const nodes = open(resources.nodes, readNode);
  const beside = {
    Service: open(resources.services, readOwned('Service'), ours),
    PodDisruptionBudget: open(resources.podDisruptionBudgets, readOwned('PodDisruptionBudget'), ours),
    NetworkPolicy: open(resources.networkPolicies, readOwned('NetworkPolicy'), ours),
    Secret: open(resources.secrets, readOwned('Secret'), ours),
  };
  const all = [services, deployments, pods, nodes, ...Object.values(beside)] as readonly WatchCache<unknown>[];
  return {
    services,
    deployments,
    pods,
    nodes,
    beside,
    deploymentsOf: indexBy(deployments, ({ key, kept }) => `${key.namespace}/${kept.service}`),
    podsOf: indexBy(pods, ({ key, kept }) => `${key.namespace}/${kept.service}`),
    besideOf: besideKinds.map((kind) => indexBy(beside[kind], ({ key, kept }) => `${key.namespace}/${kept.service}`)),
    all: () => all,
    cacheOf(kind) {
      const found = all.find(({ resource }) => resource.kind === kind);
      if (found === undefined) throw new TypeError(`no cache of ${kind} in ${apiGroup}`);
      return found;
    },
  };
}
