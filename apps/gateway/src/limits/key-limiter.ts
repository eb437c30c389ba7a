import { headers, KumikiError, type KeyRecord } from '@kumiki/api';
import { fullBucket, reserve, settle, untilFull, type Bucket } from '@kumiki/policy';
import type { Demand } from './choose-demand.ts';
import { formatDuration } from './format-duration.ts';
import { createPlaces, type Places } from './places.ts';

/** Keys whose use is remembered. Beyond it the one unused for longest is forgotten, which at worst gives it a full bucket. */
const maxTrackedKeys = 100_000;

/** Told to a client whose key has no place free, in milliseconds. */
const clientRetryMs = 1_000;

/** The same to a service, which has waited already or found others waiting. */
const serviceRetryMs = 2_000;

interface Usage {
  requests: Bucket;
  tokens: Bucket;
  /** Requests of clients that are open. */
  open: number;
  /** For what services do in the key's name: as many again, or a response would wait for itself. */
  readonly places: Places;
}

/** What one request holds of its key's limits. */
export interface Admission {
  /** Counts tokens before the work. Throws `rate_limit_exceeded`, which leaves the request uncounted. */
  reserve(tokens: number): void;
  /** More tokens than reserved have gone out: counts them now, not at the end. */
  extend(tokens: number): void;
  /** @param usedTokens prompt and answer together; null when unknown, which keeps the reservation. */
  settle(usedTokens: number | null): void;
  /** Gives its place free. Call it when the request has ended. */
  release(): void;
  /** `x-ratelimit-*` headers as things stand; none for a key without limits. */
  headers(): readonly (readonly [string, string])[];
}

/** How a service asks in the name of a key. */
export interface ServiceDemand {
  /** Nobody waits for it. It counts as a request now: what it belongs to was counted once, and may be thousands. */
  readonly lowPriority: boolean;
  /** Aborted when the service has left. */
  readonly leaving: () => AbortSignal;
}

export interface KeyLimiter {
  /** Takes a request of a client in, or throws `rate_limit_exceeded` or `too_many_concurrent_requests`. */
  admit(key: KeyRecord, demand: Demand): Admission;
  /** The same for a service that asks a model; it waits for a place before it is refused. */
  admitService(key: KeyRecord, demand: ServiceDemand): Promise<Admission>;
}

export const unlimited: Admission = {
  reserve: () => {},
  extend: () => {},
  settle: () => {},
  release: () => {},
  headers: () => [],
};

/** @param now monotonic milliseconds. */
export function createKeyLimiter(now: () => number): KeyLimiter {
  const usages = new Map<string, Usage>();

  function usageOf(key: KeyRecord, time: number): Usage {
    let usage = usages.get(key.id);
    if (usage === undefined) {
      usage = {
        requests: fullBucket(key.limits.requests_per_minute ?? 0, time),
        tokens: fullBucket(key.limits.tokens_per_minute ?? 0, time),
        open: 0,
        places: createPlaces(),
      };
      if (usages.size >= maxTrackedKeys) forgetIdle(usages);
    } else {
      usages.delete(key.id);
    }
    usages.set(key.id, usage);
    return usage;
  }

  return {
    admit(key, demand) {
      if (demand === 'nothing' || isUnlimited(key)) return unlimited;
      const usage = usageOf(key, now());
      const takesPlace = demand === 'request-and-place';
      const maxConcurrent = key.limits.max_concurrent;
      if (takesPlace && maxConcurrent !== null && usage.open >= maxConcurrent) throw full(maxConcurrent, clientRetryMs);
      countRequest(key, usage, now());
      if (!takesPlace) return admission(key, usage, { now, counted: true, leave: () => {} });
      usage.open++;
      return admission(key, usage, { now, counted: true, leave: () => usage.open-- });
    },
    async admitService(key, { lowPriority, leaving }) {
      if (isUnlimited(key)) return unlimited;
      const usage = usageOf(key, now());
      const maxConcurrent = key.limits.max_concurrent;
      if (maxConcurrent !== null && !(await usage.places.enter(maxConcurrent, lowPriority, leaving))) {
        throw full(maxConcurrent, serviceRetryMs);
      }
      const leave = (): void => (maxConcurrent === null ? undefined : usage.places.leave());
      try {
        if (lowPriority) countRequest(key, usage, now());
      } catch (error) {
        leave();
        throw error;
      }
      return admission(key, usage, { now, counted: lowPriority, leave });
    },
  };
}

function isUnlimited({ limits }: KeyRecord): boolean {
  return limits.requests_per_minute === null && limits.tokens_per_minute === null && limits.max_concurrent === null;
}

function countRequest(key: KeyRecord, usage: Usage, time: number): void {
  const perMinute = key.limits.requests_per_minute;
  if (perMinute === null) return;
  const reservation = reserve(usage.requests, 1, perMinute, time);
  if (!reservation.allowed) throw exceeded(perMinute, 'requests', reservation.waitMs);
  usage.requests = reservation.bucket;
}

interface Holding {
  readonly now: () => number;
  /** It was counted as a request. */
  readonly counted: boolean;
  readonly leave: () => void;
}

function admission(key: KeyRecord, usage: Usage, { now, counted, leave }: Holding): Admission {
  const { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute } = key.limits;
  let reserved = 0;
  let settled = false;
  let released = false;
  return {
    reserve(tokens) {
      if (tokensPerMinute === null) return;
      const reservation = reserve(usage.tokens, tokens, tokensPerMinute, now());
      if (reservation.allowed) {
        usage.tokens = reservation.bucket;
        reserved = tokens;
        return;
      }
      // A request that is refused for its tokens costs nothing.
      if (counted && requestsPerMinute !== null) usage.requests = settle(usage.requests, 1, requestsPerMinute);
      throw exceeded(tokensPerMinute, 'tokens', reservation.waitMs);
    },
    extend(tokens) {
      if (tokensPerMinute === null || settled) return;
      reserved += tokens;
      usage.tokens = settle(usage.tokens, -tokens, tokensPerMinute);
    },
    settle(usedTokens) {
      if (settled) return;
      settled = true;
      if (tokensPerMinute !== null && usedTokens !== null) {
        usage.tokens = settle(usage.tokens, reserved - usedTokens, tokensPerMinute);
      }
    },
    release() {
      if (released) return;
      released = true;
      leave();
    },
    headers: () => [
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

function full(limit: number, retryAfterMs: number): KumikiError {
  return new KumikiError('too_many_concurrent_requests', { limit }, { retryAfterMs });
}

function exceeded(limit: number, unit: string, waitMs: number): KumikiError {
  const details = { limit, unit, retryAfter: formatDuration(waitMs) };
  return new KumikiError('rate_limit_exceeded', details, { retryAfterMs: waitMs });
}

/** Forgets the key unused for longest that has nothing open; a Map keeps the order of use. */
function forgetIdle(usages: Map<string, Usage>): void {
  for (const [id, usage] of usages) {
    if (usage.open > 0 || !usage.places.idle()) continue;
    usages.delete(id);
    return;
  }
}
