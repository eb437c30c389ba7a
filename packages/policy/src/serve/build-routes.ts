import type { BackendRoute, Endpoint, ModelRoute, RouteTable } from '@kumiki/api';
import { endpointId, remoteId } from './endpoint-id.ts';
import { isEnding, type ObservedReplica } from './observed-replica.ts';
import type { OutsideServers } from './outside-servers.ts';
import type { ProcessTarget, RemoteTarget, Target } from './target.ts';

/** In flight at once before a worker's first health answer has told its limit. */
const unknownMaxInFlight = 1;

/** A replica with the token that its worker wants to see. */
export type ReachableReplica = ObservedReplica & { readonly token: string };

/**
 * The gateway's view of the replicas. A model without a replica that serves keeps its route, so that clients are told
 * "not ready" instead of "unknown".
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
