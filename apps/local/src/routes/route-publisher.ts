import type { BackendRoute, RouteTable } from '@kumiki/api';
import { buildRoutes, type OutsideServers, type ReachableReplica, type Target } from '@kumiki/policy';

export interface RoutePublisher {
  current(): RouteTable;
  subscribe(listener: (table: RouteTable) => void): void;
  /** Builds the table and notifies the subscribers if it has changed. */
  publish(targets: readonly Target[], replicas: readonly ReachableReplica[]): void;
  setBackends(
    backends: readonly BackendRoute[],
    targets: readonly Target[],
    replicas: readonly ReachableReplica[],
  ): void;
}

/** Holds the current route table and publishes every new one. */
export function createRoutePublisher(outside: OutsideServers): RoutePublisher {
  let backends: readonly BackendRoute[] = [];
  let table: RouteTable = { models: [], backends };
  let text = JSON.stringify(table);
  const listeners = new Set<(table: RouteTable) => void>();
  const publish: RoutePublisher['publish'] = (targets, replicas) => {
    const next = buildRoutes(targets, replicas, backends, outside);
    const nextText = JSON.stringify(next);
    if (nextText === text) return;
    table = next;
    text = nextText;
    for (const listener of listeners) listener(table);
  };
  return {
    current: () => table,
    subscribe: (listener) => void listeners.add(listener),
    publish,
    setBackends(next, targets, replicas) {
      backends = next;
      publish(targets, replicas);
    },
  };
}
