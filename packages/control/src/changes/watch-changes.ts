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
  /** The state of each that was written down last. One that is tried again and again fails once. */
  const writtenStates = new Map<string, DataService['state']>();
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
      dataServices = services;
      for (const { name, state, reason } of services) {
        if (writtenStates.get(name) === state || state === 'starting') continue;
        writtenStates.set(name, state);
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
