import { type ModelRoute, openEgress, type RouteTable } from '@kumiki/api';
import type { KubeReader } from '@kumiki/kube';
import {
  type ClusterView,
  objectNameOf,
  type OutsideServers,
  type PodKnowledge,
  podEndpointId,
  remoteId,
  type RemoteTarget,
  type RoutedService,
} from '@kumiki/policy';
import { sha256 } from './read-objects.ts';
import { createSecretValues, type SecretWish } from './read-secrets.ts';
import { createWorkerLoads } from './worker-loads.ts';

/** The key of a token in its Secret. */
const tokenKey = 'token';

/** What routes depend on besides ModelServices and pods: Secrets, and the places of workers. */
export interface ClusterKnowledge extends Omit<PodKnowledge, 'home'> {
  /** Begins to find out what a view needs, and forgets what it does not. */
  follow(view: ClusterView): void;
  outside(base: RouteTable): OutsideServers;
  /** How many questions have not been asked once. */
  unasked(): number;
  stop(): Promise<void>;
}

/**
 * @param before routes that were kept: what they hold stands in until it is asked for, and where it cannot be.
 * @param onChange something new is known.
 */
export function createClusterKnowledge(
  client: KubeReader,
  home: string | null,
  before: readonly ModelRoute[],
  onChange: () => void,
): ClusterKnowledge {
  const known = before.flatMap(({ endpoints }) => endpoints);
  const kept = new Map(known.map(({ id, authorization }) => [id, authorization]));
  const places = known.flatMap(({ id, maxInFlight, maxRunning }) =>
    maxRunning === undefined ? [] : [[id, { maxInFlight, maxRunning }] as const],
  );
  const secrets = createSecretValues(client, onChange);
  const loads = createWorkerLoads(new Map(places), onChange);
  let services: ReadonlyMap<string, RoutedService> = new Map();

  /** The value of the header; undefined where none is known. */
  const headerOf = (target: RemoteTarget): string | null | undefined => {
    const wish = keyWish(target);
    if (wish === null) return null;
    const value = secrets.valueOf(wish);
    if (value === undefined) return kept.get(remoteId(target, 0));
    return value === null ? undefined : `Bearer ${value}`;
  };
  return {
    follow(view) {
      services = new Map(view.services.map((service) => [service.key, service]));
      secrets.want(wishesOf(view));
      loads.want(workersOf(view, services, home));
    },
    tokenOf(key, endpoint) {
      const service = services.get(key);
      if (service?.target.kind === 'container') return null;
      if (service?.target.kind !== 'process') return undefined;
      const value = secrets.valueOf(tokenWish(service));
      if (value === undefined) return kept.get(endpoint)?.replace(/^Bearer /, '');
      return value ?? undefined;
    },
    loadOf: loads.of,
    outside: (base) => ({
      egress: () => base.egress ?? openEgress,
      authorizationFor: (target) => headerOf(target) ?? null,
      refusalOf: (target) => (headerOf(target) === undefined ? 'the Secret with its key cannot be read' : null),
    }),
    unasked: () => secrets.untried() + loads.unasked(),
    stop: async () => void (await Promise.all([secrets.stop(), loads.stop()])),
  };
}

/** The Secret that the operator makes for the workers of a service. */
function tokenWish({ namespace, name, uid }: RoutedService): SecretWish {
  return { namespace, name: objectNameOf(name, sha256), key: tokenKey, owner: uid };
}

/** The Secret that a manifest names for outside servers, in its own namespace; null when it names none. */
function keyWish({ key, apiKey }: RemoteTarget): SecretWish | null {
  const [namespace = ''] = key.split('/');
  return apiKey === null ? null : { namespace, ...apiKey, owner: null };
}

function wishesOf({ services, pods }: ClusterView): SecretWish[] {
  const withPods = new Set([...pods].map(({ namespace, service }) => `${namespace}/${service}`));
  return services.flatMap((service): SecretWish[] => {
    const { target, key } = service;
    if (target.kind === 'remote') return [keyWish(target)].filter((wish) => wish !== null);
    return target.kind === 'process' && withPods.has(key) ? [tokenWish(service)] : [];
  });
}

/** Where running workers answer for their health, by endpoint. */
function workersOf(
  { pods }: ClusterView,
  services: ReadonlyMap<string, RoutedService>,
  home: string | null,
): Map<string, string> {
  const workers = new Map<string, string>();
  for (const pod of pods) {
    const { address, opsPort, ended, ready, started } = pod;
    if (address === null || opsPort === null || ended || !(ready || started)) continue;
    if (services.get(`${pod.namespace}/${pod.service}`)?.target.kind !== 'process') continue;
    workers.set(podEndpointId(pod, home), `http://${address.includes(':') ? `[${address}]` : address}:${opsPort}`);
  }
  return workers;
}
