import { headers, KumikiError, type KeyRecord } from '@kumiki/api';
import { fullBucket, reserve, settle, untilFull, type Bucket } from '@kumiki/policy';
import { formatDuration } from './format-duration.ts';

/** Keys whose use is remembered. Beyond it the one unused for longest is forgotten, which at worst gives it a full bucket. */
const maxTrackedKeys = 100_000;

interface Usage {
  requests: Bucket;
  tokens: Bucket;
  open: number;
}

/** What one request holds of its key's limits. Call {@link Admission.settle} exactly when it has ended. */
export interface Admission {
  /** More tokens than reserved have gone out: counts them now, not at the end. */
  extend(tokens: number): void;
  /** @param usedTokens prompt and answer together; null when unknown, which keeps the reservation. */
  settle(usedTokens: number | null): void;
  /** `x-ratelimit-*` headers; none for a key without limits. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface KeyLimiter {
  /** Reserves, or throws `rate_limit_exceeded` or `too_many_concurrent_requests`. */
  admit(key: KeyRecord, estimatedTokens: number): Admission;
}

const unlimited: Admission = { extend: () => {}, settle: () => {}, headers: [] };

/** @param now monotonic milliseconds. */
export function createKeyLimiter(now: () => number): KeyLimiter {
  const usages = new Map<string, Usage>();

  function usageOf(key: KeyRecord, time: number): Usage {
    let usage = usages.get(key.id);
    if (usage === undefined) {
      usage = {
        requests: fullBucket(key.limits.requestsPerMinute ?? 0, time),
        tokens: fullBucket(key.limits.tokensPerMinute ?? 0, time),
        open: 0,
      };
      if (usages.size >= maxTrackedKeys) forgetIdle(usages);
    } else {
      usages.delete(key.id);
    }
    usages.set(key.id, usage);
    return usage;
  }

  return {
    admit(key, estimatedTokens) {
      const { requestsPerMinute, tokensPerMinute, maxConcurrent } = key.limits;
      if (requestsPerMinute === null && tokensPerMinute === null && maxConcurrent === null) return unlimited;
      const time = now();
      const usage = usageOf(key, time);
      if (maxConcurrent !== null && usage.open >= maxConcurrent) {
        throw new KumikiError('too_many_concurrent_requests', { limit: maxConcurrent }, { retryAfterMs: 1_000 });
      }
      const requests = requestsPerMinute === null ? null : reserve(usage.requests, 1, requestsPerMinute, time);
      if (requests?.allowed === false) throw exceeded(requestsPerMinute ?? 0, 'requests', requests.waitMs);
      const tokens = tokensPerMinute === null ? null : reserve(usage.tokens, estimatedTokens, tokensPerMinute, time);
      if (tokens?.allowed === false) throw exceeded(tokensPerMinute ?? 0, 'tokens', tokens.waitMs);
      // Both are taken only once both allow: a refused request costs nothing.
      if (requests !== null) usage.requests = requests.bucket;
      if (tokens !== null) usage.tokens = tokens.bucket;
      usage.open++;
      return admission(key, usage, estimatedTokens);
    },
  };
}

function admission(key: KeyRecord, usage: Usage, estimatedTokens: number): Admission {
  const { requestsPerMinute, tokensPerMinute } = key.limits;
  let reserved = estimatedTokens;
  let settled = false;
  return {
    extend(tokens) {
      if (tokensPerMinute === null || settled) return;
      reserved += tokens;
      usage.tokens = settle(usage.tokens, -tokens, tokensPerMinute);
    },
    settle(usedTokens) {
      if (settled) return;
      settled = true;
      usage.open--;
      if (tokensPerMinute !== null && usedTokens !== null) {
        usage.tokens = settle(usage.tokens, reserved - usedTokens, tokensPerMinute);
      }
    },
    headers: [
      ...describe(
        requestsPerMinute,
        usage.requests,
        headers.limitRequests,
        headers.remainingRequests,
        headers.resetRequests,
      ),
      ...describe(tokensPerMinute, usage.tokens, headers.limitTokens, headers.remainingTokens, headers.resetTokens),
    ],
  };
}

function describe(
  perMinute: number | null,
  bucket: Bucket,
  limitName: string,
  remainingName: string,
  resetName: string,
): [string, string][] {
  if (perMinute === null) return [];
  return [
    [limitName, String(perMinute)],
    [remainingName, String(Math.max(0, Math.floor(bucket.level)))],
    [resetName, formatDuration(untilFull(bucket, perMinute))],
  ];
}

function exceeded(limit: number, unit: string, waitMs: number): KumikiError {
  const details = { limit, unit, retryAfter: formatDuration(waitMs) };
  return new KumikiError('rate_limit_exceeded', details, { retryAfterMs: waitMs });
}

/** Forgets the key unused for longest that has nothing open; a Map keeps the order of use. */
function forgetIdle(usages: Map<string, Usage>): void {
  for (const [id, usage] of usages) {
    if (usage.open > 0) continue;
    usages.delete(id);
    return;
  }
}
