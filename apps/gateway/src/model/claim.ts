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
 * One attempt of a request at a replica, as far as it may be what the replica dies of. Counted are replicas of our own
 * alone: of a server outside nobody knows whether its process ended or its connection.
 */
export interface Claim {
  /** The reply's head is here: the worker has read and prepared the request, and it may wait in the queue. */
  prepared(): void;
  /** Something of the answer is here: whatever the replica dies of later, it is not this. */
  proven(): void;
  /** @returns what becomes of the request if the claim is lost, null when it is not. */
  end(outcome: Outcome): PoisonVerdict | null;
}

/** The request's claims that were lost in a row. */
export interface Suspicion {
  claims: ClaimHistory;
  /** A kept connection was closed under it once, as idle ones are. */
  excused: boolean;
}

/** What is lost when a process ends, or is found silent, is noticed within this time. */
const sameLossMs = 10_000;

/** How long others keep away from a replica that has begun to work on a suspect, where they can. */
const quarantineMs = 5_000;

export interface ClaimOptions {
  /** Answers that the request asks for: each takes a place among those that the replica works on. */
  readonly places: number;
  /**
   * Part of its answer is there already, so that its prompt is above suspicion. Such answers move in crowds when a
   * replica ends: what is lost in a crowd says nothing of them, and attempts without progress bound them all the same.
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

/** Looked up once for all that are lost together: each leaves before the next is asked. */
function companyOf(state: EndpointState, claim: OpenClaim, at: number): Company {
  if (claim.found !== null && at - claim.found.at < sameLossMs) return claim.found;
  const suspects = findSuspects(state.claims, state.endpoint.maxRunning);
  const crowd = suspects.size > maxCompany;
  for (const open of state.claims) {
    open.found = { suspect: suspects.has(open) && !crowd, shared: suspects.size > 1, at };
  }
  return claim.found ?? { suspect: true, shared: false };
}
