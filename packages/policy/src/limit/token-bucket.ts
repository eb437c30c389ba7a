/**
 * A rate limit as a bucket that refills steadily. Amounts are reserved before the work and settled by what it
 * really took; a bucket may go into debt, which later requests wait for, so that no stream is cut half-way.
 */

export interface Bucket {
  /** What is left; negative when more was used than the limit allows so far. */
  readonly level: number;
  /** Monotonic milliseconds at which `level` was true. */
  readonly at: number;
}

const minuteMs = 60_000;

export function fullBucket(perMinute: number, now: number): Bucket {
  return { level: perMinute, at: now };
}

/** The bucket as it is now: refilled by the time since, never beyond one minute's amount. */
export function refill(bucket: Bucket, perMinute: number, now: number): Bucket {
  const elapsed = Math.max(0, now - bucket.at);
  return { level: Math.min(perMinute, bucket.level + (elapsed * perMinute) / minuteMs), at: Math.max(now, bucket.at) };
}

export type Reservation =
  | { readonly allowed: true; readonly bucket: Bucket }
  /** `waitMs`: when the same request would pass. */
  | { readonly allowed: false; readonly bucket: Bucket; readonly waitMs: number };

/**
 * Takes `amount` if the bucket holds it. An amount larger than a whole minute's is let through when the bucket is
 * full, and leaves a debt: otherwise it could never pass at all.
 */
export function reserve(bucket: Bucket, amount: number, perMinute: number, now: number): Reservation {
  const current = refill(bucket, perMinute, now);
  const needed = Math.min(amount, perMinute);
  // Refilling in many small steps loses a little to rounding; that must not refuse a request.
  if (current.level >= needed - 1e-6)
    return { allowed: true, bucket: { level: current.level - amount, at: current.at } };
  return { allowed: false, bucket: current, waitMs: Math.ceil(((needed - current.level) * minuteMs) / perMinute) };
}

/** Corrects a reservation by what was really used: negative `difference` takes more, positive gives back. */
export function settle(bucket: Bucket, difference: number, perMinute: number): Bucket {
  return { level: Math.min(perMinute, bucket.level + difference), at: bucket.at };
}

/** Milliseconds until the bucket is full again; what `x-ratelimit-reset-*` tells. */
export function untilFull(bucket: Bucket, perMinute: number): number {
  return Math.ceil(((perMinute - bucket.level) * minuteMs) / perMinute);
}
