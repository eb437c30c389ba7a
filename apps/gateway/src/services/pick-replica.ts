import { choose } from '@kumiki/policy';
import type { Backend } from '../routing/backends.ts';
import { candidateOf, type EndpointRecord, isOutOfUse } from '../routing/endpoint-record.ts';

/** Requests that one replica of a service gets at once from this gateway, event streams included. */
export const maxInFlightPerReplica = 4_096;

/**
 * The replica for the next attempt, or null when all were tried or are full. Replicas that are out of use come last:
 * trying one costs a refused connection, and it may be back.
 * @param now monotonic milliseconds.
 * @param random uniform in [0, 1).
 */
export function pickReplica(
  { replicas }: Backend,
  tried: ReadonlySet<EndpointRecord>,
  now: number,
  random: number,
): EndpointRecord | null {
  for (const outOfUse of [false, true]) {
    const candidates = replicas.map((replica) =>
      candidateOf(replica, maxInFlightPerReplica, !tried.has(replica) && isOutOfUse(replica, now) === outOfUse),
    );
    const choice = choose(candidates, null, random);
    if (choice.kind === 'chosen') return replicas[choice.index] ?? null;
  }
  return null;
}
