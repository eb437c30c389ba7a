import { stepRollout } from '../supervise/rollout.ts';

/** What runs of one revision of a service: a Deployment and its pods. */
export interface ObservedRevision {
  readonly name: string;
  /** Pods that the Deployment is asked for. */
  readonly size: number;
  /** Whether a pod of it has ever taken requests. Such a revision is kept until a newer one serves in its place. */
  readonly served: boolean;
  /** Pods that are not ending. */
  readonly pods: readonly { readonly name: string; readonly ready: boolean; readonly inFlight: number }[];
}

export interface RevisionSize {
  readonly name: string;
  readonly size: number;
  readonly reason: string;
}

/**
 * How many pods each revision is asked for, one step on the way to `desired` pods of the wanted one. It is the rollout of
 * one machine, with the places of a Deployment for replicas: a place whose pod is gone counts, since it is filled again.
 * @param wanted the name of the wanted revision; it may not run yet.
 */
export function chooseSizes(desired: number, wanted: string, revisions: readonly ObservedRevision[]): RevisionSize[] {
  const places = revisions.flatMap((revision) => placesOf(revision, revision.name === wanted));
  const step = stepRollout(desired, places);
  const leaving = new Map(step.drain.map(({ id, reason }) => [id, reason]));
  const known = revisions.some(({ name }) => name === wanted)
    ? revisions
    : [...revisions, { name: wanted, size: 0, served: false, pods: [] }];
  return known.map(({ name }) => {
    const own = places.filter(({ revision }) => revision === name);
    const gone = own.filter(({ id }) => leaving.has(id));
    const more = name === wanted ? step.start : 0;
    const size = own.length - gone.length + more;
    return { name, size, reason: reasonOf(desired, size, name === wanted, leaving.get(gone[0]?.id ?? '')) };
  });
}

function reasonOf(desired: number, size: number, isWanted: boolean, leaving: string | undefined): string {
  if (leaving !== undefined) return leaving;
  if (!isWanted) return 'it serves until the wanted revision does';
  return size === desired ? `${desired} wanted` : `${desired} wanted, ${size} for now beside those that serve`;
}

interface Place {
  readonly id: string;
  readonly revision: string;
  readonly current: boolean;
  readonly ready: boolean;
  readonly wasReady: boolean;
  readonly inFlight: number;
}

/**
 * The places of a revision. A Deployment that shrinks ends its pods in its own order, so that more pods than it is asked
 * for are no places any more: those that are ready stay in it first.
 */
function placesOf({ name, size, served, pods }: ObservedRevision, current: boolean): Place[] {
  const ordered = pods.toSorted(
    (a, b) => Number(b.ready) - Number(a.ready) || b.inFlight - a.inFlight || (a.name < b.name ? -1 : 1),
  );
  return Array.from({ length: size }, (_, at): Place => {
    const pod = ordered[at];
    return {
      id: `${name}/${String(at).padStart(6, '0')}`,
      revision: name,
      current,
      ready: pod?.ready ?? false,
      wasReady: served,
      inFlight: pod?.inFlight ?? 0,
    };
  });
}
