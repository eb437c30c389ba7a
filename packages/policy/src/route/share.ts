import type { Candidate } from './choose.ts';

/**
 * What one project may take of a model that others use, too. Replicas serve what came first, so whoever asks for much
 * would have everybody else wait behind all of it; what is beyond a project's share waits at the gateway in its place.
 */

/** Of what a replica works on at once, one project leaves this share to others while others ask for the model, too. */
const runningLeft = 0.25;

/** Of the places in which requests wait at a replica, it leaves this share to whoever comes new, whether anybody does or not. */
const waitingLeft = 0.25;

export interface ProjectLoad {
  /** Answers that the project has at the replica. */
  readonly inFlight: number;
  /** Answers that its next request asks for at once. */
  readonly asked: number;
  /** Whether another project has asked for the model of late; see last-asked.ts. */
  readonly othersAsk: boolean;
}

/**
 * A replica as a project may use it: full when the project's next request is beyond its share, however much room there
 * is. A request that is larger than the share goes where the project has nothing else.
 * @param maxRunning answers that it works on at once; null where that is not known.
 */
export function forProject(candidate: Candidate, maxRunning: number | null, project: ProjectLoad): Candidate {
  const { inFlight, asked, othersAsk } = project;
  if (inFlight === 0 || inFlight + asked <= shareOf(candidate.maxInFlight, maxRunning, othersAsk)) return candidate;
  return { ...candidate, maxInFlight: Math.min(candidate.maxInFlight, candidate.inFlight) };
}

/** Answers that one project may have at a replica. */
export function shareOf(maxInFlight: number, maxRunning: number | null, othersAsk: boolean): number {
  const running = Math.min(maxRunning ?? maxInFlight, maxInFlight);
  if (othersAsk) return Math.max(1, Math.floor(running * (1 - runningLeft)));
  return running + Math.floor((maxInFlight - running) * (1 - waitingLeft));
}
