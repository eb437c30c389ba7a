/**
 * Passive ejection: a gateway judges a replica by its own requests, faster than any watch or probe. One refused
 * connection or stall is enough to eject; one failed reply is not.
 */

export interface EjectPolicy {
  /** Consecutive failed replies that eject. Refused connections and stalls eject at once. */
  readonly failuresInARow: number;
  /** Length of the first ejection; each further one without a success in between doubles it. */
  readonly baseMs: number;
  readonly maxMs: number;
}

export const defaultEjectPolicy: EjectPolicy = { failuresInARow: 3, baseMs: 500, maxMs: 15_000 };

export interface EjectState {
  readonly failures: number;
  readonly ejections: number;
  /** Monotonic milliseconds until which it gets no new requests; 0 when it is not ejected. */
  readonly ejectedUntil: number;
}

export const neverEjected: EjectState = { failures: 0, ejections: 0, ejectedUntil: 0 };

export type Observation =
  /** A correct reply, or a successful probe. */
  | 'success'
  /** A reply with a server error. */
  | 'failed_reply'
  /** The connection was refused or broken, or the replica stalled. */
  | 'gone';

export function observe(state: EjectState, seen: Observation, now: number, policy = defaultEjectPolicy): EjectState {
  if (seen === 'success') return state.failures === 0 && state.ejections === 0 ? state : neverEjected;
  const failures = state.failures + 1;
  if (seen === 'failed_reply' && failures < policy.failuresInARow) return { ...state, failures };
  // Many streams break at once when a replica dies; they count as one ejection.
  if (state.ejectedUntil > now) return { ...state, failures };
  const wait = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(state.ejections, 16));
  return { failures: 0, ejections: state.ejections + 1, ejectedUntil: now + wait };
}

export function isEjected(state: EjectState, now: number): boolean {
  return state.ejectedUntil > now;
}
