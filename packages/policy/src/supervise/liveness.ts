/**
 * Whether a replica that runs is alive. Leaving a replica is cheap and the gateway does it at the first silence;
 * killing one is not, so this judge waits for more.
 */
export interface LivenessPolicy {
  /** Health checks in a row without any answer. */
  readonly failuresInARow: number;
  /** Checks in a row that were answered with "requests run and the engine stands still". */
  readonly stallsInARow: number;
}

export const defaultLivenessPolicy: LivenessPolicy = { failuresInARow: 4, stallsInARow: 2 };

export interface HealthHistory {
  readonly failuresInARow: number;
  readonly stallsInARow: number;
}

export const noHealthYet: HealthHistory = { failuresInARow: 0, stallsInARow: 0 };

/** What one check saw. `unfair`: the checker itself was late, so silence proves nothing. */
export type HealthSight = 'answered' | 'stalled' | 'silent' | 'unfair';

export function addSight(history: HealthHistory, sight: HealthSight): HealthHistory {
  switch (sight) {
    case 'answered':
      return noHealthYet;
    case 'stalled':
      return { failuresInARow: 0, stallsInARow: history.stallsInARow + 1 };
    case 'silent':
      return { ...history, failuresInARow: history.failuresInARow + 1 };
    case 'unfair':
      return history;
  }
}

/** null while the replica counts as alive, else why it does not: it answers nothing, or its engine stands still. */
export function judgeLiveness(history: HealthHistory, policy = defaultLivenessPolicy): 'silent' | 'stalled' | null {
  if (history.failuresInARow >= policy.failuresInARow) return 'silent';
  return history.stallsInARow >= policy.stallsInARow ? 'stalled' : null;
}
