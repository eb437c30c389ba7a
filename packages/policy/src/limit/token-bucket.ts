/**
 * A rate limit as a bucket that refills steadily. An amount is reserved before the work and corrected afterwards to
 * what was used. A bucket may go into debt, which later requests wait for; a running stream is never cut off.
 */

export interface Bucket {
  /** The remaining amount; negative when more was used than the limit allows so far. */
  readonly level: number;
  /** Monotonic milliseconds at which `level` was computed. */
  readonly at: number;
}

const minuteMs = 60_000;

export function fullBucket(perMinute: number, now: number): Bucket {
  return { level: perMinute, at: now };
}

/** The bucket at time `now`: refilled for the time since `at`, up to one minute's amount. */
export function refill(bucket: Bucket, perMinute: number, now: number): Bucket {
  const elapsed = Math.max(0, now - bucket.at);
  return { level: Math.min(perMinute, bucket.level + (elapsed * perMinute) / minuteMs), at: Math.max(now, bucket.at) };
}

export type Reservation =
  | { readonly allowed: true; readonly bucket: Bucket }
  /** `waitMs`: after this time the same request would pass. */
  | { readonly allowed: false; readonly bucket: Bucket; readonly waitMs: number };

/**
 * Takes `amount` if the bucket holds it. An amount above one minute's passes when the bucket is full and leaves a debt;
 * otherwise it could never pass.
 */
export function reserve(bucket: Bucket, amount: number, perMinute: number, now: number): Reservation {
  const current = refill(bucket, perMinute, now);
  const needed = Math.min(amount, perMinute);
  // Tolerates the rounding errors of many small refills.
  if (current.level >= needed - 1e-6)
    return { allowed: true, bucket: { level: current.level - amount, at: current.at } };
  return { allowed: false, bucket: current, waitMs: Math.ceil(((needed - current.level) * minuteMs) / perMinute) };
}

/** Corrects a reservation by what was used: a negative `difference` takes more, a positive one returns some. */
export function settle(bucket: Bucket, difference: number, perMinute: number): Bucket {
  return { level: Math.min(perMinute, bucket.level + difference), at: bucket.at };
}

/** Milliseconds until the bucket is full again, for `x-ratelimit-reset-*`. */
export function untilFull(bucket: Bucket, perMinute: number): number {
  return Math.ceil(((perMinute - bucket.level) * minuteMs) / perMinute);
}
