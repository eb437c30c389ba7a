import type { BackendRoute, RouteTable } from '@kumiki/api';
import { buildRoutes, type OutsideServers, type ReachableReplica, type Target } from '@kumiki/policy';

export interface RoutePublisher {
  current(): RouteTable;
  subscribe(listener: (table: RouteTable) => void): void;
  /** Tells the subscribers, if the table is another one now. */
  publish(targets: readonly Target[], replicas: readonly ReachableReplica[]): void;
  setBackends(
    backends: readonly BackendRoute[],
    targets: readonly Target[],
    replicas: readonly ReachableReplica[],
  ): void;
}

/** Holds the last route table and tells of every new one. */
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
