/**
 * Which replicas of one model to add and which to take out of traffic, to reach the desired number and revision without
 * ever serving with fewer than the desired number.
 */
export interface RolloutReplica {
  readonly id: string;
  /** Whether it has the current revision. */
  readonly current: boolean;
  /** Whether it takes traffic. */
  readonly ready: boolean;
  /** Whether it ever took traffic. A replica of an older revision that did is kept while it restarts. */
  readonly wasReady: boolean;
  /** Requests in flight; replicas with fewer are taken out first. */
  readonly inFlight: number;
}

export interface RolloutStep {
  /** Replicas of the current revision to start. */
  readonly start: number;
  readonly drain: readonly { readonly id: string; readonly reason: string }[];
}

/** Replicas above the desired number during a rollout: a quarter, at least one, as in Kubernetes' Deployments. */
export function maxSurge(desired: number): number {
  return Math.max(1, Math.ceil(desired / 4));
}

/**
 * One step towards `desired` replicas of the current revision.
 * @param replicas that are not draining yet.
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

  // Old replicas stay until new ones serve in their place. Those that never served are removed at once.
  const oldToKeep = old.filter(({ wasReady }) => wasReady).slice(0, Math.max(0, desired - keptReady));
  for (const replica of old) {
    if (oldToKeep.includes(replica)) continue;
    drain.push({ id: replica.id, reason: 'a newer revision takes its place' });
  }
  const room = desired + (oldToKeep.length > 0 ? maxSurge(desired) : 0) - oldToKeep.length - kept.length;
  return { start: Math.max(0, Math.min(desired - kept.length, room)), drain };
}

/** The most valuable first: serving, then formerly serving, then busiest, then by id. */
function byWorth(a: RolloutReplica, b: RolloutReplica): number {
  return (
    Number(b.ready) - Number(a.ready) ||
    Number(b.wasReady) - Number(a.wasReady) ||
    b.inFlight - a.inFlight ||
    (a.id < b.id ? -1 : 1)
  );
}
