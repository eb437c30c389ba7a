/**
 * When a replica that ended is restarted. The first restart is immediate, so that a single crash costs no more than the
 * start itself. Further ones back off, since a replica that cannot run would otherwise take the machine's CPU from the
 * others.
 */
export interface RestartPolicy {
  /** Delay of the second consecutive restart; each further one doubles it. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** A replica that was ready for this time has recovered: its next crash counts as the first. */
  readonly stableMs: number;
}

export const defaultRestartPolicy: RestartPolicy = { baseMs: 500, maxMs: 30_000, stableMs: 10_000 };

/**
 * Consecutive crashes after one more.
 * @param crashes counted before.
 * @param readyForMs how long the replica had been ready when it ended; 0 when it never was.
 */
export function countCrash(crashes: number, readyForMs: number, policy = defaultRestartPolicy): number {
  return readyForMs >= policy.stableMs ? 1 : crashes + 1;
}

/**
 * Milliseconds from the crash to the restart. Equal jitter: half of the wait is fixed, half is random, so that
 * replicas that died together do not all start together.
 * @param crashes consecutive ones, this one included.
 * @param jitter uniform in [0, 1), drawn once per crash.
 */
export function restartDelayMs(crashes: number, jitter: number, policy = defaultRestartPolicy): number {
  if (crashes <= 1) return 0;
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(crashes - 2, 30));
  return full / 2 + (jitter * full) / 2;
}
