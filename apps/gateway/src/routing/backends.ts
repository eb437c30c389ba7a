import { type BackendRoute, withoutTrailing } from '@kumiki/api';
import { choose, hashText, isEjected, neverEjected, type EjectState } from '@kumiki/policy';

/** Requests that one replica of a service gets at once from this gateway, event streams included. */
export const maxInFlightPerReplica = 4_096;

/** One process of a service behind the gateway, and what became of the requests that went there. */
export interface BackendReplica {
  readonly url: string;
  readonly hash: number;
  inFlight: number;
  eject: EjectState;
}

/** A service behind the gateway with the state of its replicas. */
export interface Backend {
  readonly route: BackendRoute;
  readonly replicas: readonly BackendReplica[];
}

/** Backends of a new snapshot, the longest prefix first. What is known of replicas that stay is kept. */
export function openBackends(routes: readonly BackendRoute[], before: readonly Backend[]): Backend[] {
  const known = new Map(before.flatMap(({ replicas }) => replicas.map((replica) => [replica.url, replica])));
  const replicaAt = (url: string): BackendReplica => {
    const replica = known.get(url) ?? { url, hash: hashText(url), inFlight: 0, eject: neverEjected };
    known.set(url, replica);
    return replica;
  };
  return routes
    .map((route) => ({
      route: { ...route, prefix: withoutTrailing(route.prefix, '/') },
      replicas: route.urls.map(replicaAt),
    }))
    .sort((a, b) => b.route.prefix.length - a.route.prefix.length);
}

/**
 * The backends whose prefix is the longest that covers the path by whole segments: `/v1/files` is no part of
 * `/v1/filesystem`. Those of one prefix answer different methods.
 */
export function coveringBackends(backends: readonly Backend[], path: string): readonly Backend[] {
  const covers = ({ route: { prefix } }: Backend): boolean =>
    path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
  const first = backends.find(covers);
  if (first === undefined) return [];
  // What is under /v1 and nobody has is not there, whoever has the rest.
  if (first.route.prefix === '' && isApiPath(path)) return [];
  return backends.filter(({ route }) => route.prefix === first.route.prefix);
}

function isApiPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/');
}

/** The backend that answers a method: one that names it goes before one that takes all. */
export function withMethod(backends: readonly Backend[], method: string): Backend | null {
  return (
    backends.find(({ route }) => route.methods?.includes(method) === true) ??
    backends.find(({ route }) => route.methods === undefined) ??
    null
  );
}

/**
 * The replica for the next attempt, null when all were tried or are full. One that was found dead comes last: asking it
 * costs a refused connection, and it may be back.
 * @param now monotonic milliseconds.
 * @param random uniform in [0, 1).
 */
export function pickReplica(
  { replicas }: Backend,
  tried: ReadonlySet<BackendReplica>,
  now: number,
  random: number,
): BackendReplica | null {
  for (const ejected of [false, true]) {
    const candidates = replicas.map((replica) => ({
      id: replica.url,
      hash: replica.hash,
      inFlight: replica.inFlight,
      maxInFlight: maxInFlightPerReplica,
      eligible: !tried.has(replica) && isEjected(replica.eject, now) === ejected,
    }));
    const choice = choose(candidates, null, random);
    if (choice.kind === 'chosen') return replicas[choice.index] ?? null;
  }
  return null;
}
