/** A pod of a service, as gateways and Kubernetes see it. */
export interface WatchedPod {
  readonly name: string;
  /** Kubernetes counts it as ready: it knows nothing of its loss yet. */
  readonly ready: boolean;
  /** How long gateways have reached it in no way; null when one of them reaches it. */
  readonly unreachableMs: number | null;
}

/** How long a pod must be out of reach before another stands in for it. Kubernetes notices after 50 s. */
export const standInAfterMs = 10_000;
/** At most this share of the replicas has a stand-in. */
export const standInShare = 1 / 4;

export interface StandIns {
  readonly count: number;
  readonly reason: string | null;
}

/**
 * How many pods stand in for ready ones that no gateway reaches, until Kubernetes has noticed or they are back. None when
 * most look lost: then the network between is at fault, and further pods would not be reached either.
 */
export function chooseStandIns(desired: number, pods: readonly WatchedPod[]): StandIns {
  const lost = pods.filter(({ ready, unreachableMs }) => ready && (unreachableMs ?? 0) >= standInAfterMs);
  if (lost.length === 0) return { count: 0, reason: null };
  const ready = pods.filter((pod) => pod.ready).length;
  if (lost.length * 2 > ready) {
    return {
      count: 0,
      reason: `gateways reach ${ready - lost.length} of ${ready} ready pods: the network is at fault`,
    };
  }
  const most = Math.max(1, Math.floor(desired * standInShare));
  const count = Math.min(lost.length, most);
  return {
    count,
    reason: `${count} for ${lost.length === 1 ? 'a pod that no gateway reaches' : `${lost.length} pods that no gateway reaches`}`,
  };
}
