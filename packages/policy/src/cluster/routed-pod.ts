import type { ReachableReplica } from '../serve/build-routes.ts';
import { endpointId } from '../serve/endpoint-id.ts';
import { qualifiedName } from './route-target.ts';

/** What of a pod decides where requests go. */
export interface RoutedPod {
  readonly namespace: string;
  readonly name: string;
  /** The name of its ModelService. */
  readonly service: string;
  readonly revision: string;
  /** Null before it has one. */
  readonly address: string | null;
  readonly httpPort: number;
  /** Where it answers for its health; null where that is not known. */
  readonly opsPort: number | null;
  readonly zone: string | null;
  /** It takes requests, as the kubelet last found. */
  readonly ready: boolean;
  /** Its container runs, and has been ready to take requests once. */
  readonly started: boolean;
  /** Its container has ended, or the whole pod has. */
  readonly ended: boolean;
  /** It has been told to end. */
  readonly deleting: boolean;
  /** Starts of its container beyond the first. */
  readonly restarts: number;
  /** Unix seconds. */
  readonly created: number;
}

/** What a gateway has learnt about pods besides the cluster's own view. */
export interface PodKnowledge {
  /** See {@link qualifiedName}. */
  readonly home: string | null;
  /** The token of the workers of a service, by its key; null where there is none, undefined while it is not known. */
  tokenOf(serviceKey: string, endpoint: string): string | null | undefined;
  /** What a worker has told of its places, by the endpoint's id. */
  loadOf(endpoint: string): ReachableReplica['load'];
}

/** The id of the endpoint that a pod is. A container that was started again is another endpoint. */
export function podEndpointId({ namespace, name, restarts }: RoutedPod, home: string | null): string {
  return endpointId({ id: qualifiedName(namespace, name, home), restarts });
}

/** Pods as replicas. A pod that has lost its address to another one, and one without its token, is left out. */
export function replicasOfPods(pods: Iterable<RoutedPod>, knowledge: PodKnowledge): ReachableReplica[] {
  return holdersOfAddresses(pods).flatMap((pod): ReachableReplica[] => {
    const key = `${pod.namespace}/${pod.service}`;
    const endpoint = podEndpointId(pod, knowledge.home);
    const token = knowledge.tokenOf(key, endpoint);
    if (token === undefined) return [];
    return [{ ...replicaOfPod(pod, knowledge.home), key, token, load: knowledge.loadOf(endpoint) }];
  });
}

/**
 * | pod                                               | endpoint                        |
 * |---------------------------------------------------|---------------------------------|
 * | its container has ended                           | none                            |
 * | told to end, and its container still runs         | draining                        |
 * | ready                                             | ready                           |
 * | was ready, and is not for the moment              | draining: what runs may end     |
 * | has not been ready since its container's start    | none                            |
 */
function replicaOfPod(pod: RoutedPod, home: string | null): Omit<ReachableReplica, 'key' | 'token' | 'load'> {
  const { address, created, ready, started, deleting, ended } = pod;
  const host = address?.includes(':') === true ? `[${address}]` : address;
  return {
    id: qualifiedName(pod.namespace, pod.name, home),
    revision: pod.revision,
    restarts: pod.restarts,
    url: host === null ? null : `http://${host}:${pod.httpPort}`,
    healthUrl: host === null || pod.opsPort === null ? null : `http://${host}:${pod.opsPort}`,
    readyAt: ready || started ? created : null,
    drainingSince: ready && !deleting ? null : created,
    terminatedAt: deleting ? created : null,
    killedAt: ended ? created : null,
    zone: pod.zone,
  };
}

/**
 * An address belongs to one running pod at a time. Where two have it, the end of the older one was not told, and its requests
 * would reach the younger.
 */
function holdersOfAddresses(pods: Iterable<RoutedPod>): RoutedPod[] {
  const running = [...pods].filter(({ ended, address }) => !ended && address !== null);
  const holders = new Map<string | null, RoutedPod>();
  for (const pod of running) {
    const other = holders.get(pod.address);
    if (other === undefined || isYounger(pod, other)) holders.set(pod.address, pod);
  }
  return running.filter((pod) => holders.get(pod.address) === pod);
}

function isYounger(pod: RoutedPod, other: RoutedPod): boolean {
  if (pod.created !== other.created) return pod.created > other.created;
  if (pod.deleting !== other.deleting) return other.deleting;
  return `${pod.namespace}/${pod.name}` > `${other.namespace}/${other.name}`;
}
