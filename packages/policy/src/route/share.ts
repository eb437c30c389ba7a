import type { Candidate } from './choose.ts';

/**
 * The share of a model that one project may use while others use it too. Replicas serve first come, first served, so a
 * project with many requests would delay everyone else; its requests beyond the share wait at the gateway instead.
 */

/** Share of a replica's running requests that one project leaves to others while they use the model too. */
const runningLeft = 0.25;

/** Share of a replica's queue that one project always leaves free for newcomers. */
const waitingLeft = 0.25;

export interface ProjectLoad {
  /** Answers of the project in flight at the replica. */
  readonly inFlight: number;
  /** Answers that its next request asks for (`n`). */
  readonly asked: number;
  /** Whether another project uses the model; see last-asked.ts. */
  readonly othersAsk: boolean;
}

/**
 * A replica as seen by a project: full when the next request would exceed the project's share, even if there is
 * capacity. A request larger than the share is accepted where the project has no other request.
 * @param maxRunning answers that it runs at once; null when unknown.
 */
export function forProject(candidate: Candidate, maxRunning: number | null, project: ProjectLoad): Candidate {
  const { inFlight, asked, othersAsk } = project;
  if (inFlight === 0 || inFlight + asked <= shareOf(candidate.maxInFlight, maxRunning, othersAsk)) return candidate;
  return { ...candidate, maxInFlight: Math.min(candidate.maxInFlight, candidate.inFlight) };
}

/** Most answers of one project at a replica. */
export function shareOf(maxInFlight: number, maxRunning: number | null, othersAsk: boolean): number {
  const running = Math.min(maxRunning ?? maxInFlight, maxInFlight);
  if (othersAsk) return Math.max(1, Math.floor(running * (1 - runningLeft)));
  return running + Math.floor((maxInFlight - running) * (1 - waitingLeft));
}
