import type { ObservedReplica } from './observed-replica.ts';
import type { RemoteTarget } from './target.ts';

/** A restarted replica is a new endpoint, because what was learnt about the old process does not apply to it. */
export function endpointId({ id, restarts }: Pick<ObservedReplica, 'id' | 'restarts'>): string {
  return restarts === 0 ? id : `${id}.${restarts}`;
}

/** @param at which of the target's servers. */
export function remoteId({ service, revision }: RemoteTarget, at: number): string {
  return `${service}-${revision}-remote-${at}`;
}
