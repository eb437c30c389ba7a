import type { BackendRoute, ContinuationMode, Endpoint, ModelRoute, RouteTable } from '@kumiki/api';
import { endpointId, remoteId } from './endpoint-id.ts';
import { isEnding, type ObservedLoad, type ObservedReplica } from './observed-replica.ts';
import type { OutsideServers } from './outside-servers.ts';
import type { RemoteTarget, TargetBase } from './target.ts';

/** Requests in flight until a worker's first health answer reports its limit. */
const unknownMaxInFlight = 1;

/** What is routed to, on one machine and on a cluster: our workers, somebody's servers in pods, servers outside. */
export type RoutedTarget = RoutedWorkers | RoutedContainers | RemoteTarget;

type Routed = Omit<TargetBase, 'revision'>;

export interface RoutedWorkers extends Routed {
  readonly kind: 'process';
}

/** Pods with an image whose API is that of OpenAI. */
export interface RoutedContainers extends Routed {
  readonly kind: 'container';
  /** The name under which they know the model; null when it is ours. */
  readonly upstreamModel: string | null;
  readonly continuation: ContinuationMode;
  readonly maxInFlight: number;
}

type RoutedFields =
  | 'id'
  | 'key'
  | 'revision'
  | 'restarts'
  | 'url'
  | 'healthUrl'
  | 'readyAt'
  | 'drainingSince'
  | 'terminatedAt'
  | 'killedAt';

/** What routes need of a replica, and the token that its worker requires; null where it requires none. */
export type ReachableReplica = Pick<ObservedReplica, RoutedFields> & {
  readonly load: Pick<ObservedLoad, 'maxInFlight' | 'maxRunning'> | null;
  readonly token: string | null;
  /** Where it runs; absent or null when unknown. */
  readonly zone?: string | null;
};

/**
 * The gateway's view of the replicas. A model without a serving replica keeps its route, so that clients get "not
 * ready" instead of "unknown model".
 */
export function buildRoutes(
  targets: readonly RoutedTarget[],
  replicas: Iterable<ReachableReplica>,
  backends: readonly BackendRoute[],
  outside: OutsideServers,
): RouteTable {
  const byKey = Map.groupBy(replicas, ({ key }) => key);
  return {
    egress: outside.egress(),
    backends,
    models: targets.map((target): ModelRoute => ({
      model: target.model,
      aliases: target.aliases,
      task: target.task,
      service: target.service,
      created: target.created,
      deadlines: target.deadlines,
      endpoints:
        target.kind === 'remote'
          ? remoteEndpoints(target, outside)
          : (byKey.get(target.key) ?? []).flatMap((replica) => replicaEndpoint(target, replica)),
    })),
  };
}

function replicaEndpoint(target: RoutedWorkers | RoutedContainers, replica: ReachableReplica): Endpoint[] {
  if (replica.url === null || replica.readyAt === null || replica.killedAt !== null) return [];
  return [
    {
      id: endpointId(replica),
      url: replica.url,
      authorization: replica.token === null ? null : `Bearer ${replica.token}`,
      revision: replica.revision,
      state: replica.drainingSince !== null || isEnding(replica) ? 'draining' : 'ready',
      egress: 'internal',
      ...(target.kind === 'process' ? workerTraits(replica) : containerTraits(target)),
      ...(replica.healthUrl === null ? {} : { healthUrl: replica.healthUrl }),
      ...(replica.zone == null ? {} : { zone: replica.zone }),
    },
  ];
}

type Traits = Pick<Endpoint, 'upstreamModel' | 'continuation' | 'maxInFlight' | 'maxRunning' | 'healthProbe'>;

function workerTraits({ load }: ReachableReplica): Traits {
  return {
    upstreamModel: null,
    continuation: 'token_ids',
    maxInFlight: Math.max(unknownMaxInFlight, load?.maxInFlight ?? 0),
    ...(load === null ? {} : { maxRunning: load.maxRunning }),
    healthProbe: true,
  };
}

/** Somebody's `/health` may not answer while its engine is busy, so it ejects nothing. */
function containerTraits({ upstreamModel, continuation, maxInFlight }: RoutedContainers): Traits {
  return { upstreamModel, continuation, maxInFlight, healthProbe: false };
}

function remoteEndpoints(target: RemoteTarget, outside: OutsideServers): Endpoint[] {
  return target.urls.flatMap((url, at): Endpoint[] => {
    if (outside.refusalOf(target, url) !== null) return [];
    return [
      {
        id: remoteId(target, at),
        url,
        authorization: outside.authorizationFor(target),
        upstreamModel: target.upstreamModel,
        revision: target.revision,
        state: 'ready',
        continuation: target.continuation,
        maxInFlight: target.maxInFlight,
        egress: 'outside',
        healthProbe: false,
      },
    ];
  });
}
