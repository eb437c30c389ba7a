import { type HealthHistory, judgeLiveness } from './liveness.ts';
import { restartDelayMs } from './restart-backoff.ts';

/** One service's process as last observed. Times are milliseconds on one monotonic clock. */
export interface ObservedProcess {
  /** null before the first start. */
  readonly startedAt: number | null;
  /** When it began to listen. */
  readonly readyAt: number | null;
  readonly ended: { readonly at: number; readonly jitter: number } | null;
  /** Consecutive crashes, see `countCrash`. */
  readonly crashes: number;
  readonly health: HealthHistory;
  readonly terminatedAt: number | null;
  readonly killedAt: number | null;
}

export type ProcessStep =
  | { readonly kind: 'start' }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'kill'; readonly why: 'silent' | 'not_ready' | 'not_ending' }
  /** Nothing to do until this time; with null, until the next event. */
  | { readonly kind: 'wait'; readonly until: number | null };

export interface ProcessLimits {
  /** From its start to listening. */
  readonly readyMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminateMs: number;
}

/**
 * The next step for a service's process that should run or should end. The same rules as for replicas of models, for
 * services with a single process.
 */
export function planProcess(
  observed: ObservedProcess,
  isWanted: boolean,
  limits: ProcessLimits,
  now: number,
): ProcessStep {
  const { startedAt, ended, terminatedAt, killedAt } = observed;
  const waitUntil = (until: number): ProcessStep => ({ kind: 'wait', until });
  if (startedAt === null) return isWanted ? { kind: 'start' } : { kind: 'wait', until: null };
  if (ended !== null) {
    if (!isWanted) return { kind: 'wait', until: null };
    const due = ended.at + restartDelayMs(observed.crashes, ended.jitter);
    return now < due ? waitUntil(due) : { kind: 'start' };
  }
  if (killedAt !== null) return { kind: 'wait', until: null };
  if (terminatedAt !== null) {
    const limit = terminatedAt + limits.terminateMs;
    return now < limit ? waitUntil(limit) : { kind: 'kill', why: 'not_ending' };
  }
  if (!isWanted) return { kind: 'terminate' };
  // A service has no engine that could stall separately: it answers or it does not.
  if (judgeLiveness(observed.health) !== null) return { kind: 'kill', why: 'silent' };
  if (observed.readyAt !== null) return { kind: 'wait', until: null };
  const limit = startedAt + limits.readyMs;
  return now < limit ? waitUntil(limit) : { kind: 'kill', why: 'not_ready' };
}
