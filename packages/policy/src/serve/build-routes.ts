import type { BackendRoute, Endpoint, ModelRoute, RouteTable } from '@kumiki/api';
import { endpointId, remoteId } from './endpoint-id.ts';
import { isEnding, type ObservedReplica } from './observed-replica.ts';
import type { OutsideServers } from './outside-servers.ts';
import type { ProcessTarget, RemoteTarget, Target } from './target.ts';

/** Requests in flight until a worker's first health answer reports its limit. */
const unknownMaxInFlight = 1;

/** A replica with the token that its worker requires. */
export type ReachableReplica = ObservedReplica & { readonly token: string };

/**
 * The gateway's view of the replicas. A model without a serving replica keeps its route, so that clients get "not
 * ready" instead of "unknown model".
 */
export function buildRoutes(
  targets: readonly Target[],
  replicas: Iterable<ReachableReplica>,
  backends: readonly BackendRoute[],
  outside: OutsideServers,
): RouteTable {
  const all = [...replicas];
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
      endpoints: target.kind === 'remote' ? remoteEndpoints(target, outside) : workerEndpoints(target, all),
    })),
  };
}

function workerEndpoints(target: ProcessTarget, replicas: readonly ReachableReplica[]): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const replica of replicas) {
    if (replica.key !== target.key || replica.url === null || replica.readyAt === null) continue;
    if (replica.killedAt !== null) continue;
    endpoints.push({
      id: endpointId(replica),
      url: replica.url,
      authorization: `Bearer ${replica.token}`,
      upstreamModel: null,
      revision: replica.revision,
      state: replica.drainingSince !== null || isEnding(replica) ? 'draining' : 'ready',
      continuation: 'token_ids',
      maxInFlight: Math.max(unknownMaxInFlight, replica.load?.maxInFlight ?? 0),
      maxRunning: replica.load?.maxRunning,
      egress: 'internal',
      healthProbe: true,
      ...(replica.healthUrl === null ? {} : { healthUrl: replica.healthUrl }),
    });
  }
  return endpoints;
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
