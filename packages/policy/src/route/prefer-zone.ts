import type { Candidate } from './choose.ts';

/** A replica with what decides between zones. */
export interface PlacedCandidate extends Candidate {
  /** It runs in the zone of the gateway. */
  readonly near: boolean;
  /** Requests that it runs at once, while further ones wait there; null when unknown. */
  readonly maxRunning: number | null;
}

/**
 * Own zone first, until it is the busier one. Others are made ineligible:
 *
 * | own zone                                   | other zones             | where the request goes                       |
 * |--------------------------------------------|-------------------------|----------------------------------------------|
 * | none of its replicas will do               |                         | as without zones                             |
 * | a request would start at once              |                         | own zone                                     |
 * | a request would wait                       | one would start at once | replicas elsewhere that start it at once     |
 * | a request would wait                       | it would wait, too      | own zone as long as it is not the busier one |
 *
 * A gateway counts its own requests alone, so busy means busy with those of this gateway.
 * @returns as many candidates in the same order.
 */
export function preferOwnZone(candidates: readonly PlacedCandidate[]): readonly Candidate[] {
  let near = false;
  let far = false;
  let nearStarts = false;
  let farStarts = false;
  for (const candidate of candidates) {
    if (!candidate.eligible) continue;
    const starts = startsAtOnce(candidate);
    if (candidate.near) {
      near = true;
      nearStarts ||= starts;
    } else {
      far = true;
      farStarts ||= starts;
    }
  }
  if (!near || !far) return candidates;
  if (nearStarts) return only(candidates, (candidate) => candidate.near);
  if (farStarts) return only(candidates, (candidate) => !candidate.near && startsAtOnce(candidate));
  return isNearPreferred(candidates) ? only(candidates, (candidate) => candidate.near) : candidates;
}

function startsAtOnce({ inFlight, maxInFlight, maxRunning }: PlacedCandidate): boolean {
  return inFlight < Math.min(maxRunning ?? maxInFlight, maxInFlight);
}

/** Whether the own zone has room, and no larger share of its places is taken than of those elsewhere. */
function isNearPreferred(candidates: readonly PlacedCandidate[]): boolean {
  const share = (near: boolean): number => {
    const open = candidates.filter((candidate) => candidate.eligible && candidate.near === near);
    const places = open.reduce((sum, { maxInFlight }) => sum + maxInFlight, 0);
    return open.reduce((sum, { inFlight }) => sum + inFlight, 0) / Math.max(1, places);
  };
  const hasRoom = candidates.some(
    ({ eligible, near, inFlight, maxInFlight }) => eligible && near && inFlight < maxInFlight,
  );
  return hasRoom && share(true) <= share(false);
}

function only(
  candidates: readonly PlacedCandidate[],
  accepts: (candidate: PlacedCandidate) => boolean,
): readonly Candidate[] {
  return candidates.map((candidate) =>
    candidate.eligible && !accepts(candidate) ? { ...candidate, eligible: false } : candidate,
  );
}
