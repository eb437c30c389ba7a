import {
  countLoss,
  findSuspects,
  judgeEnding,
  judgePoison,
  maxCompany,
  type ClaimHistory,
  type Company,
  type PoisonVerdict,
} from '@kumiki/policy';
import type { EndpointState, OpenClaim } from '../routing/endpoint-state.ts';
import type { Outcome } from './outcome.ts';

/**
 * One attempt of a request at a replica, seen as a possible cause of that replica's end. Only replicas of the installation
 * count: whether the process of an outside server ended, or only the connection, is unknown.
 */
export interface Claim {
  /** The head of the reply has arrived: the worker has prepared the request, which may now wait in its queue. */
  prepared(): void;
  /** Part of the answer has arrived: if the replica dies later, this request is not the cause. */
  proven(): void;
  /** @returns the verdict on the request when the claim is lost; null when it is not. */
  end(outcome: Outcome): PoisonVerdict | null;
}

/** The request's consecutive lost claims. */
export interface Suspicion {
  claims: ClaimHistory;
  /** A kept connection was closed under it once, as idle ones are. */
  excused: boolean;
}

/** All attempts that are lost with one process notice it within this time. */
const sameLossMs = 10_000;

/** How long other requests avoid a replica that has begun to work on a suspect, if another one is available. */
const quarantineMs = 5_000;

export interface ClaimOptions {
  /** Answers that the request asks for; each takes a place at the replica. */
  readonly places: number;
  /**
   * Part of its answer came from another replica, so its prompt is not suspected. Many such answers move at once when a
   * replica ends: a loss among many is no evidence against one of them, and the limit of attempts without progress
   * still applies.
   */
  readonly begun: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export function openClaim(state: EndpointState, suspicion: Suspicion, options: ClaimOptions): Claim {
  const { places, begun, now } = options;
  const claim: OpenClaim = { places, prepared: false, proven: false, found: null };
  const suspected = suspicion.claims.lost > 0;
  const beganAt = now();
  state.claims.add(claim);
  if (suspected) {
    state.suspects++;
    state.quarantinedUntil = now() + quarantineMs;
  }

  function endQuarantine(): void {
    if (!suspected || claim.proven) return;
    state.suspects--;
    if (state.suspects === 0) state.quarantinedUntil = 0;
  }

  return {
    prepared() {
      claim.prepared = true;
    },
    proven() {
      if (claim.proven) return;
      endQuarantine();
      claim.proven = true;
      suspicion.claims = { lost: 0, shared: 0 };
    },
    end(outcome) {
      endQuarantine();
      const own = state.endpoint.healthProbe && state.endpoint.state === 'ready';
      const { excused } = suspicion;
      const found = judgeEnding({ ending: outcome, afterMs: now() - beganAt, excused, proven: claim.proven, own });
      if (found === 'excused') suspicion.excused = true;
      const counted = found === 'lost' ? countLoss(suspicion.claims, companyOf(state, claim, now()), begun) : null;
      state.claims.delete(claim);
      if (counted === null) return null;
      suspicion.claims = counted;
      return judgePoison(counted);
    },
  };
}

/**
 * Computed once for all attempts that are lost together, since each of them leaves the set before the next is judged.
 */
function companyOf(state: EndpointState, claim: OpenClaim, at: number): Company {
  if (claim.found !== null && at - claim.found.at < sameLossMs) return claim.found;
  const suspects = findSuspects(state.claims, state.endpoint.maxRunning);
  const crowd = suspects.size > maxCompany;
  for (const open of state.claims) {
    open.found = { suspect: suspects.has(open) && !crowd, shared: suspects.size > 1, at };
  }
  return claim.found ?? { suspect: true, shared: false };
}
