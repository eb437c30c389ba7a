/**
 * Whether a running replica is alive. The gateway leaves a replica at the first silence, which is cheap; killing one is
 * expensive, so this takes more evidence.
 */
export interface LivenessPolicy {
  /** Consecutive health checks without an answer. */
  readonly failuresInARow: number;
  /** Consecutive health checks whose answer was that requests are running and the engine makes no progress. */
  readonly stallsInARow: number;
}

export const defaultLivenessPolicy: LivenessPolicy = { failuresInARow: 4, stallsInARow: 2 };

export interface HealthHistory {
  readonly failuresInARow: number;
  readonly stallsInARow: number;
}

export const noHealthYet: HealthHistory = { failuresInARow: 0, stallsInARow: 0 };

/**
 * The result of one health check. `inconclusive`: the checker itself was late, so the missing answer proves nothing.
 */
export type HealthCheckResult = 'answered' | 'stalled' | 'silent' | 'inconclusive';

export function addHealthCheck(history: HealthHistory, result: HealthCheckResult): HealthHistory {
  switch (result) {
    case 'answered':
      return noHealthYet;
    case 'stalled':
      return { failuresInARow: 0, stallsInARow: history.stallsInARow + 1 };
    case 'silent':
      return { ...history, failuresInARow: history.failuresInARow + 1 };
    case 'inconclusive':
      return history;
  }
}

/** null while the replica counts as alive, otherwise why not: it does not answer, or its engine has stalled. */
export function judgeLiveness(history: HealthHistory, policy = defaultLivenessPolicy): 'silent' | 'stalled' | null {
  if (history.failuresInARow >= policy.failuresInARow) return 'silent';
  return history.stallsInARow >= policy.stallsInARow ? 'stalled' : null;
}
