import type { BackendRoute, Endpoint, ModelRoute, RouteTable } from '@kumiki/api';
import type { OutsideAccess } from '../outside/outside-access.ts';
import { isEnding, type ObservedReplica } from '../replicas/replica.ts';
import type { ProcessTarget, RemoteTarget, Target } from '../sources/target.ts';

/** In flight at once before a worker's first health answer has told its limit. */
const unknownMaxInFlight = 1;

/**
 * The gateway's view of this machine. A model without a replica that serves keeps its route, so that clients hear
 * "not ready" instead of "unknown".
 */
export function buildRoutes(
  targets: readonly Target[],
  replicas: Iterable<ObservedReplica & { readonly token: string }>,
  backends: readonly BackendRoute[],
  outside: OutsideAccess,
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

function workerEndpoints(
  target: ProcessTarget,
  replicas: readonly (ObservedReplica & { readonly token: string })[],
): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const replica of replicas) {
    if (replica.key !== target.key || replica.port === null || replica.readyAt === null) continue;
    if (replica.killedAt !== null) continue;
    endpoints.push({
      id: endpointId(replica),
      url: `http://127.0.0.1:${replica.port}`,
      authorization: `Bearer ${replica.token}`,
      upstreamModel: null,
      revision: replica.revision,
      state: replica.drainingSince !== null || isEnding(replica) ? 'draining' : 'ready',
      continuation: 'token-ids',
      maxInFlight: Math.max(unknownMaxInFlight, replica.load?.maxInFlight ?? 0),
      maxRunning: replica.load?.maxRunning,
      egress: 'internal',
      healthProbe: true,
      ...(replica.healthPort === null ? {} : { healthUrl: `http://127.0.0.1:${replica.healthPort}` }),
    });
  }
  return endpoints;
}

/** Another process in a replica's place is another endpoint: what was learnt of the old one is not true of it. */
export function endpointId({ id, restarts }: ObservedReplica): string {
  return restarts === 0 ? id : `${id}.${restarts}`;
}

function remoteEndpoints(target: RemoteTarget, outside: OutsideAccess): Endpoint[] {
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

export function remoteId({ service, revision }: RemoteTarget, at: number): string {
  return `${service}-${revision}-remote-${at}`;
}
