/** `spec` of a Lease, as far as it decides. */
export interface LeaseRecord {
  /** Empty where it was released. */
  readonly holder: string;
  readonly durationMs: number;
  /** `renewTime` as the holder wrote it: compared for equality only, since it is of the holder's clock. */
  readonly renewTime: string;
  readonly transitions: number;
}

/** A record, and when this process saw it for the first time by its own clock. */
export interface ObservedLease {
  readonly record: LeaseRecord;
  readonly seenAt: number;
}

export interface LeaseTimes {
  /** How long others wait after the last change of the record that they saw. */
  readonly leaseMs: number;
  /** How long a holder goes on after its last renewal; shorter than the lease. */
  readonly renewDeadlineMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

/** What client-go uses: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection#LeaderElectionConfig */
export const defaultLeaseTimes: LeaseTimes = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };
/** A record that asks for a longer wait is taken over after this time all the same. */
export const maxRecordedLeaseMs = 120_000;

export type LeaseVerdict = 'create' | 'take' | 'renew' | 'wait';

/**
 * Whether this process claims the lease. No clock of another machine is compared with this one's: a lease is expired when
 * its record has not changed for its duration by the clock of the process that looks.
 *
 * @param now of the same clock as `seenAt`.
 */
export function judgeLease(
  observed: ObservedLease | null,
  identity: string,
  now: number,
  times: LeaseTimes,
): LeaseVerdict {
  if (observed === null) return 'create';
  const { record, seenAt } = observed;
  if (record.holder === identity) return 'renew';
  if (record.holder === '') return 'take';
  const waitMs = Math.min(Math.max(times.leaseMs, record.durationMs), maxRecordedLeaseMs);
  return now - seenAt >= waitMs ? 'take' : 'wait';
}
