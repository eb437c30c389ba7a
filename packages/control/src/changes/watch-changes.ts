import type { DataService } from '@kumiki/api';
import { describeReplica, type ObservedReplica } from '@kumiki/policy';
import type { ChangeLog } from './change-log.ts';
import { compareReplicas, type SeenReplica } from './compare-replicas.ts';

/** Observes what changes without a request, logs the notable changes, and notifies its listeners. */
export interface ChangeWatch {
  replicasMoved(replicas: readonly ObservedReplica[]): void;
  setDataServices(services: readonly DataService[]): void;
  dataServices(): readonly DataService[];
  /** Calls back after every change, logged or not. Returns a function that unsubscribes. */
  listen(listener: () => void): () => void;
}

export function watchChanges(log: ChangeLog): ChangeWatch {
  const listeners = new Set<() => void>();
  let seen: ReadonlyMap<string, SeenReplica> = new Map();
  let dataServices: readonly DataService[] = [];
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    replicasMoved(replicas) {
      const now = replicas.map((replica) => describeReplica(replica));
      for (const change of compareReplicas(seen, now)) log.add(change);
      seen = new Map(now.map((replica) => [replica.id, replica]));
      tell();
    },
    setDataServices(services) {
      const states = new Map(dataServices.map(({ name, state }) => [name, state]));
      dataServices = services;
      for (const { name, state, reason } of services) {
        if (states.get(name) === state || state === 'starting') continue;
        if (state === 'ready') log.add({ kind: 'data_service.ready', subject: name, by: null });
        else log.add({ kind: 'data_service.failed', subject: name, params: { reason }, by: null });
      }
      tell();
    },
    dataServices: () => dataServices,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
