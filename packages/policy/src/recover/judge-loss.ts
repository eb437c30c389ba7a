import type { ClaimHistory } from '../poison/judge-poison.ts';
import { isLoss, type AttemptEnding } from './failure.ts';

/** More that are lost together are a crowd, whose loss says nothing about any of them. Attempts without progress bound those. */
export const maxCompany = 8;

/** A kept connection that was closed for being idle says so at once. */
const idleCloseMs = 250;

/** An attempt that is open at a replica. */
export interface OpenAttempt {
  /** Answers that it asks for: each takes a place among those that the replica works on. */
  readonly places: number;
  /** The worker has read the request, which may wait in the queue since. */
  readonly prepared: boolean;
  /** Part of its answer came from here. */
  readonly proven: boolean;
}

/**
 * Those that a replica may have ended or hung over, all that were open there considered.
 * @param open in the order of their beginning.
 * @param maxRunning what the replica works on at once; undefined where nobody knows.
 */
export function findSuspects<T extends OpenAttempt>(open: Iterable<T>, maxRunning: number | undefined): Set<T> {
  const suspects = new Set<T>();
  let before = 0;
  for (const attempt of open) {
    // What waits in the queue is not worked on; it was read and prepared before it got there.
    const waits = attempt.prepared && maxRunning !== undefined && before >= maxRunning;
    if (!attempt.proven && !waits) suspects.add(attempt);
    before += attempt.places;
  }
  return suspects;
}

/** An attempt that has ended, seen alone. */
export interface EndedAttempt {
  readonly ending: AttemptEnding;
  readonly afterMs: number;
  /** The request was excused once already. */
  readonly excused: boolean;
  /** Part of its answer came from here. */
  readonly proven: boolean;
  /** The replica is one of the installation's own and was to go on serving: of others nobody knows why they ended. */
  readonly own: boolean;
}

/** `excused`: a kept connection was closed as idle ones are, which is believed once. */
export function judgeEnding({ ending, afterMs, excused, proven, own }: EndedAttempt): 'excused' | 'lost' | 'harmless' {
  const stale = ending.kind === 'failed' && ending.stale === true;
  if (stale && !excused && afterMs < idleCloseMs) return 'excused';
  return own && !proven && isLoss(ending) ? 'lost' : 'harmless';
}

/** What was found out about a lost attempt among those that were open beside it. */
export interface Company {
  readonly suspect: boolean;
  /** There were other suspects. */
  readonly shared: boolean;
}

/**
 * The history of a request after one more loss; null when the loss says nothing about it.
 * @param begun part of its answer came from another replica, so that its prompt is above suspicion. Such answers move in
 *   crowds when a replica ends: only a loss alone counts.
 */
export function countLoss(history: ClaimHistory, { suspect, shared }: Company, begun: boolean): ClaimHistory | null {
  if (!suspect || (begun && shared)) return null;
  return { lost: history.lost + 1, shared: history.shared + (shared ? 1 : 0) };
}
