/**
 * Which replicas of one model to add and which to take out of traffic, so that their number and their revision
 * become what is wanted without the number of those that serve falling below it on the way.
 */
export interface RolloutReplica {
  readonly id: string;
  /** Whether it is of the revision that is wanted now. */
  readonly current: boolean;
  /** Whether it takes traffic. */
  readonly ready: boolean;
  /** Whether it ever took traffic: an older revision that did is worth keeping while it restarts. */
  readonly wasReady: boolean;
  /** Requests that it holds; those with fewer are taken out first. */
  readonly inFlight: number;
}

export interface RolloutStep {
  /** Replicas of the current revision to start. */
  readonly start: number;
  readonly drain: readonly { readonly id: string; readonly reason: string }[];
}

/** Replicas above the wanted number while a rollout lasts: a quarter, at least one, as Kubernetes' Deployments. */
export function maxSurge(desired: number): number {
  return Math.max(1, Math.ceil(desired / 4));
}

/**
 * One step towards `desired` replicas of the current revision.
 * @param replicas those that are not draining yet.
 */
export function stepRollout(desired: number, replicas: readonly RolloutReplica[]): RolloutStep {
  const drain: { id: string; reason: string }[] = [];
  const current = replicas.filter((replica) => replica.current).toSorted(byWorth);
  const old = replicas.filter((replica) => !replica.current).toSorted(byWorth);

  for (const surplus of current.slice(desired)) {
    drain.push({ id: surplus.id, reason: `${desired} ${desired === 1 ? 'replica is' : 'replicas are'} wanted` });
  }
  const kept = current.slice(0, desired);
  const keptReady = kept.filter(({ ready }) => ready).length;

  // Of the old revision stays what the new one does not yet serve. What never served has nothing to stay for.
  const oldToKeep = old.filter(({ wasReady }) => wasReady).slice(0, Math.max(0, desired - keptReady));
  for (const replica of old) {
    if (oldToKeep.includes(replica)) continue;
    drain.push({ id: replica.id, reason: 'a newer revision takes its place' });
  }
  const room = desired + (oldToKeep.length > 0 ? maxSurge(desired) : 0) - oldToKeep.length - kept.length;
  return { start: Math.max(0, Math.min(desired - kept.length, room)), drain };
}

/** The most worth keeping first: those that serve, then those that did, then the busiest; by id among equals. */
function byWorth(a: RolloutReplica, b: RolloutReplica): number {
  return (
    Number(b.ready) - Number(a.ready) ||
    Number(b.wasReady) - Number(a.wasReady) ||
    b.inFlight - a.inFlight ||
    (a.id < b.id ? -1 : 1)
  );
}
