/**
 * When a replica that ended is started again. The first restart is immediate: a lone crash or a killed process
 * should cost no more than the start itself. Those that follow wait longer and longer, since a replica that
 * cannot run would otherwise take the machine from those that can.
 */
export interface RestartPolicy {
  /** Wait before the second restart in a row; each further one doubles it. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** A replica that was ready for so long has recovered: its next crash counts as the first. */
  readonly stableMs: number;
}

export const defaultRestartPolicy: RestartPolicy = { baseMs: 500, maxMs: 30_000, stableMs: 10_000 };

/**
 * Crashes in a row after one more.
 * @param crashes those counted before.
 * @param readyForMs how long the replica had been ready when it ended; 0 when it never was.
 */
export function countCrash(crashes: number, readyForMs: number, policy = defaultRestartPolicy): number {
  return readyForMs >= policy.stableMs ? 1 : crashes + 1;
}

/**
 * Milliseconds from the crash to the restart. Equal jitter: half of the wait is fixed, half is random, so that
 * replicas that died together do not all start together.
 * @param crashes in a row, this one included.
 * @param jitter uniform in [0, 1), drawn once per crash.
 */
export function restartDelayMs(crashes: number, jitter: number, policy = defaultRestartPolicy): number {
  if (crashes <= 1) return 0;
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(crashes - 2, 30));
  return full / 2 + (jitter * full) / 2;
}
