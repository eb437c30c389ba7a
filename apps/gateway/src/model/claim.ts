import { judgePoison, type ClaimHistory, type PoisonVerdict } from '@kumiki/policy';
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

/** All that is lost when a process ends, or is found silent, is noticed within this time. */
const sameLossMs = 10_000;

/** So long after its beginning others keep away from a replica that works on a suspect, where they can. */
const quarantineMs = 5_000;

/**
 * More that were lost together are a crowd, whose loss says nothing of any of them. Attempts without progress bound those.
 */
const maxCompany = 8;

/** A kept connection that was closed for being idle says so at once. */
const idleCloseMs = 250;

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
  const counts = state.endpoint.healthProbe;
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
      let verdict: PoisonVerdict | null = null;
      const excuse = isStale(outcome) && !suspicion.excused && now() - beganAt < idleCloseMs;
      if (excuse) suspicion.excused = true;
      else if (counts && !claim.proven && isLoss(outcome) && state.endpoint.state === 'ready') {
        const found = findSuspects(state, claim, now());
        const { lost, shared } = suspicion.claims;
        if (found.suspect && !(begun && found.shared)) {
          suspicion.claims = { lost: lost + 1, shared: shared + (found.shared ? 1 : 0) };
          verdict = judgePoison(suspicion.claims);
        }
      }
      state.claims.delete(claim);
      return verdict;
    },
  };
}

/** The process has ended or is silent. Where nothing was begun, nothing is lost. */
function isLoss(outcome: Outcome): boolean {
  if (outcome.kind !== 'failed') return false;
  return outcome.failure === 'broken' || outcome.failure === 'stalled' || outcome.failure === 'headers_timeout';
}

function isStale(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.stale === true;
}

/** Who may have done it, looked up once for all that are lost together: each leaves before the next is asked. */
function findSuspects(state: EndpointState, claim: OpenClaim, at: number): NonNullable<OpenClaim['found']> {
  if (claim.found !== null && at - claim.found.at < sameLossMs) return claim.found;
  const suspects = new Set<OpenClaim>();
  const { maxRunning } = state.endpoint;
  let before = 0;
  for (const open of state.claims) {
    // What waits in the queue is not worked on; it was read and prepared before it got there.
    const waits = open.prepared && maxRunning !== undefined && before >= maxRunning;
    if (!open.proven && !waits) suspects.add(open);
    before += open.places;
  }
  for (const open of state.claims) {
    open.found = { suspect: suspects.has(open) && suspects.size <= maxCompany, shared: suspects.size > 1, at };
  }
  return claim.found ?? { suspect: true, shared: false, at };
}
