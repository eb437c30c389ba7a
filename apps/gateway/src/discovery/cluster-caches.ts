import { apiVersion, labels, operatorName } from '@kumiki/api';
import {
  type BackoffPolicy,
  type CacheTrouble,
  createWatchCache,
  type KubeReader,
  type ResourceRef,
  resources,
  type WatchCache,
} from '@kumiki/kube';
import type { ClusterView, RoutedPod, RoutedService, RoutedServiceRead } from '@kumiki/policy';
import { readRoutedPod, readRoutedService } from './read-objects.ts';

/**
 * An event that was never sent is noticed by the next list. Until then the gateway's own probes keep requests from a pod that is
 * gone; the list takes it out of the table.
 */
const relistPodsMs = 30_000;
const relistServicesMs = 120_000;

const modelServices: ResourceRef = { apiVersion, kind: 'ModelService', plural: 'modelservices', namespaced: true };
/** Pods that the operator made. */
const podSelector = `${labels.service},${labels.managedBy}=${operatorName}`;

export interface ClusterCachesOptions {
  readonly client: KubeReader;
  /** Empty for all of them. */
  readonly namespaces: readonly string[];
  readonly home: string | null;
  /** A list or a watch has failed. */
  readonly onTrouble: (resource: string, message: string) => void;
  readonly relistPodsMs?: number;
  readonly backoff?: BackoffPolicy;
}

/** What the API server has told of ModelServices and pods. */
export interface ClusterCaches {
  start(): void;
  view(): ClusterView;
  /** ModelServices that cannot be read, with the reason, by `namespace/name`. */
  unreadable(): ReadonlyMap<string, string>;
  onChange(listener: () => void): void;
  onProgress(listener: () => void): void;
  /** Resolves when all of it was listed once; with false when it was stopped before. */
  whenSynced(): Promise<boolean>;
  /** Milliseconds since the server last said something of the part that it said least of. */
  age(): number;
  stop(): Promise<void>;
}

export function openClusterCaches(options: ClusterCachesOptions): ClusterCaches {
  const { client, home, onTrouble } = options;
  const scopes = options.namespaces.length === 0 ? [{}] : options.namespaces.map((namespace) => ({ namespace }));
  const common = (resource: ResourceRef) => ({
    client,
    resource,
    onTrouble: ({ failure }: CacheTrouble) => onTrouble(resource.plural, failure.message),
    ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
  });
  const services = scopes.map((scope) =>
    createWatchCache<RoutedServiceRead>({
      ...common(modelServices),
      ...scope,
      keep: (object) => readRoutedService(object, home),
      relistMs: relistServicesMs,
    }),
  );
  const pods = scopes.map((scope) =>
    createWatchCache<RoutedPod>({
      ...common(resources.pods),
      ...scope,
      labelSelector: podSelector,
      keep: readRoutedPod,
      relistMs: options.relistPodsMs ?? relistPodsMs,
    }),
  );
  const all: readonly WatchCache<unknown>[] = [...services, ...pods];
  const understood = createLastUnderstood(services);
  return {
    start: () => all.forEach((cache) => cache.start()),
    view: () => ({ services: understood.services(), pods: pods.flatMap((cache) => cache.list()) }),
    unreadable: understood.unreadable,
    onChange: (listener) => all.forEach((cache) => cache.onChange(listener)),
    onProgress: (listener) => all.forEach((cache) => cache.onProgress(listener)),
    whenSynced: async () => (await Promise.all(all.map((cache) => cache.whenSynced()))).every(Boolean),
    age: () => Math.max(...all.map((cache) => cache.age())),
    stop: async () => void (await Promise.all(all.map((cache) => cache.stop()))),
  };
}

/**
 * A spec that this version does not understand, such as one with a field of a newer version, takes no model away: what was
 * understood of the same object before stays in force.
 */
function createLastUnderstood(caches: readonly WatchCache<RoutedServiceRead>[]) {
  const last = new Map<string, RoutedService>();
  const unreadable = new Map<string, string>();
  for (const cache of caches) {
    cache.onChange(({ kind, entry }) => {
      const key = `${entry.key.namespace}/${entry.key.name}`;
      const { kept } = entry;
      unreadable.delete(key);
      if (kind === 'removed') last.delete(key);
      else if (kept.ok) last.set(key, kept.service);
      else unreadable.set(key, kept.reason);
    });
  }
  return { services: (): RoutedService[] => [...last.values()], unreadable: () => unreadable };
}
