import { type BackendRoute, withoutTrailing } from '@kumiki/api';
import { createEndpointRecord, type EndpointRecord } from './endpoint-record.ts';

/** A service behind the gateway with the state of its replicas. */
export interface Backend {
  readonly route: BackendRoute;
  readonly replicas: readonly EndpointRecord[];
}

/** The backends of a new snapshot, the longest prefix first. Replicas that stay keep their state. */
export function openBackends(routes: readonly BackendRoute[], before: readonly Backend[]): Backend[] {
  const known = new Map(before.flatMap(({ replicas }) => replicas.map((replica) => [replica.id, replica])));
  const replicaAt = (url: string): EndpointRecord => {
    const replica = known.get(url) ?? createEndpointRecord(url);
    known.set(url, replica);
    return replica;
  };
  return routes
    .map((route) => ({
      route: { ...route, prefix: withoutTrailing(route.prefix, '/') },
      replicas: route.urls.map(replicaAt),
    }))
    .sort((a, b) => b.route.prefix.length - a.route.prefix.length);
}
