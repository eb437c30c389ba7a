import { mix } from './hash.ts';

/**
 * Which replica a request goes to. Prefix affinity by rendezvous hashing (Thaler and Ravishankar, 1998) with bounded
 * load (Mirrokni, Thorup and Zadimoghaddam, 2016), least load where affinity has no benefit.
 *
 * Rendezvous hashing rather than a ring: with the tens to hundreds of replicas of one model a full scan is cheaper than
 * a ring's upkeep, loss of a replica moves only its own keys, and gateways need no synchronised state.
 */

/**
 * A replica takes at most this many times the mean load before requests with affinity to it go to their next choice.
 * 1.25 is the paper's compromise: most prefixes stay at their replica, and none queues behind a hot one.
 */
export const loadBound = 1.25;

/**
 * A conversation shorter than this many bytes is too cheap to prefill for affinity to be worth an uneven load;
 * about 256 tokens of English.
 */
export const minAffinityBytes = 1_024;

export interface Candidate {
  readonly id: string;
  /** Hash of `id`, from {@link hashText}; computed once per endpoint. */
  readonly hash: number;
  /** Requests of this gateway that are in flight there. */
  readonly inFlight: number;
  /** Most requests in flight there. */
  readonly maxInFlight: number;
  /** False while draining, ejected, or already tried by this request. */
  readonly eligible: boolean;
}

/** Share of a replica that low-priority requests leave free for all others. */
const shareKeptFree = 0.5;

/**
 * A replica as seen by a low-priority request: full when half of it is in use.
 * @param maxRunning requests that it runs at once. The share is of these and not of its queue: otherwise a normal
 *   request would wait for a low-priority one to end.
 */
export function forLowPriority(candidate: Candidate, maxRunning = candidate.maxInFlight): Candidate {
  return { ...candidate, maxInFlight: Math.min(maxRunning, candidate.maxInFlight) * (1 - shareKeptFree) };
}

export type Choice =
  | { readonly kind: 'chosen'; readonly index: number; readonly reason: 'affinity' | 'affinity_spilled' | 'least_load' }
  /** All eligible replicas are full. */
  | { readonly kind: 'saturated'; readonly limit: number }
  | { readonly kind: 'none' };

/**
 * @param affinity hash of the conversation's beginning, or null when affinity is not worth it.
 * @param random uniform in [0, 1); breaks ties between equally loaded replicas.
 */
export function choose(candidates: readonly Candidate[], affinity: number | null, random: number): Choice {
  let eligible = 0;
  let load = 0;
  let limit = 0;
  for (const candidate of candidates) {
    if (!candidate.eligible) continue;
    eligible++;
    load += candidate.inFlight;
    limit += candidate.maxInFlight;
  }
  if (eligible === 0) return { kind: 'none' };
  if (affinity !== null) {
    const bound = Math.ceil((loadBound * (load + 1)) / eligible);
    const choice = byAffinity(candidates, affinity, bound);
    if (choice !== null) return choice;
  }
  const index = leastLoaded(candidates, random);
  return index === -1 ? { kind: 'saturated', limit } : { kind: 'chosen', index, reason: 'least_load' };
}

/** The replica with the highest score among those under the bound, or null when none is. */
function byAffinity(candidates: readonly Candidate[], affinity: number, bound: number): Choice | null {
  let best = -1;
  let bestScore = -1;
  let topScore = -1;
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index];
    if (candidate === undefined || !candidate.eligible) continue;
    const score = mix(candidate.hash ^ affinity);
    if (score > topScore) topScore = score;
    if (candidate.inFlight >= bound || candidate.inFlight >= candidate.maxInFlight) continue;
    if (score > bestScore) {
      best = index;
      bestScore = score;
    }
  }
  if (best === -1) return null;
  return { kind: 'chosen', index: best, reason: bestScore === topScore ? 'affinity' : 'affinity_spilled' };
}

/** The replica with the smallest share of its limit in use, a random one of several equals; -1 when all are full. */
function leastLoaded(candidates: readonly Candidate[], random: number): number {
  let best = -1;
  let bestLoad = Number.POSITIVE_INFINITY;
  let ties = 0;
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index];
    if (candidate === undefined || !candidate.eligible || candidate.inFlight >= candidate.maxInFlight) continue;
    const load = candidate.inFlight / candidate.maxInFlight;
    if (load < bestLoad) {
      best = index;
      bestLoad = load;
      ties = 1;
    } else if (load === bestLoad) {
      ties++;
    }
  }
  if (ties <= 1) return best;
  let skip = Math.min(ties - 1, Math.floor(random * ties));
  for (let index = best; index < candidates.length; index++) {
    const candidate = candidates[index];
    if (candidate === undefined || !candidate.eligible || candidate.inFlight >= candidate.maxInFlight) continue;
    if (candidate.inFlight / candidate.maxInFlight !== bestLoad) continue;
    if (skip === 0) return index;
    skip--;
  }
  return best;
}
