/**
 * Passive ejection: what a gateway learns about a replica from its own requests, ahead of any watch or probe. A
 * refused connection or a silence is proof; a single failed reply is not.
 */

export interface EjectPolicy {
  /** Failed replies in a row that eject. Refusals and silences eject at the first. */
  readonly failuresInARow: number;
  /** The first ejection; each further one without a success between doubles it. */
  readonly baseMs: number;
  readonly maxMs: number;
}

export const defaultEjectPolicy: EjectPolicy = { failuresInARow: 3, baseMs: 500, maxMs: 15_000 };

export interface EjectState {
  readonly failures: number;
  readonly ejections: number;
  /** Monotonic milliseconds until which nothing new is sent there; 0 when it is in use. */
  readonly ejectedUntil: number;
}

export const neverEjected: EjectState = { failures: 0, ejections: 0, ejectedUntil: 0 };

export type Observation =
  /** It answered as it should, or a probe says that it is well. */
  | 'success'
  /** A reply came and it was a server's failure. */
  | 'failed_reply'
  /** The connection was refused or broken, or the replica fell silent. */
  | 'gone';

export function observe(state: EjectState, seen: Observation, now: number, policy = defaultEjectPolicy): EjectState {
  if (seen === 'success') return state.failures === 0 && state.ejections === 0 ? state : neverEjected;
  const failures = state.failures + 1;
  if (seen === 'failed_reply' && failures < policy.failuresInARow) return { ...state, failures };
  // Many streams break at once when a replica dies: one death is one ejection.
  if (state.ejectedUntil > now) return { ...state, failures };
  const wait = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(state.ejections, 16));
  return { failures: 0, ejections: state.ejections + 1, ejectedUntil: now + wait };
}

export function isEjected(state: EjectState, now: number): boolean {
  return state.ejectedUntil > now;
}
