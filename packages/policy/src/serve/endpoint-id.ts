import type { ObservedReplica } from './observed-replica.ts';
import type { RemoteTarget } from './target.ts';

/** Another process in a replica's place is another endpoint: what was learnt of the old one is not true of it. */
export function endpointId({ id, restarts }: Pick<ObservedReplica, 'id' | 'restarts'>): string {
  return restarts === 0 ? id : `${id}.${restarts}`;
}

/** @param at which of the target's servers. */
export function remoteId({ service, revision }: RemoteTarget, at: number): string {
  return `${service}-${revision}-remote-${at}`;
}
