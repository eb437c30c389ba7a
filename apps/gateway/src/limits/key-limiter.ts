import { headers, KumikiError, type KeyRecord, type Me } from '@kumiki/api';
import { fullBucket, refill, reserve, settle, untilFull, type Bucket } from '@kumiki/policy';
import type { Demand } from './choose-demand.ts';
import { formatDuration } from './format-duration.ts';
import { createPlaces, type Places } from './places.ts';

/** Keys whose use is kept. Beyond it the least recently used one is dropped, which at worst gives it a full bucket. */
const maxTrackedKeys = 100_000;

/** Retry delay for a client whose key has no free place. */
const clientRetryMs = 1_000;

/** Retry delay for a service, which has already waited or met a full queue. */
const serviceRetryMs = 2_000;

interface Usage {
  requests: Bucket;
  tokens: Bucket;
  /** Open requests of clients. */
  open: number;
  /** Places for what services do in the key's name. They are separate, or a response would wait for itself. */
  readonly places: Places;
}

/** The share of its key's limits that one request holds. */
export interface Admission {
  /** Reserves tokens before the work. Throws `rate_limit_exceeded`, and the request then does not count. */
  reserve(tokens: number): void;
  /** Counts tokens beyond the reservation as soon as they have been sent. */
  extend(tokens: number): void;
  /** @param usedTokens prompt and answer together; null when unknown, which keeps the reservation. */
  settle(usedTokens: number | null): void;
  /** Frees its place. To be called when the request has ended. */
  release(): void;
  /** Adds the present `x-ratelimit-*` headers; none for a key without limits. */
  addHeaders(to: Record<string, string | number>): void;
}

/** A service's request in the name of a key. */
export interface ServiceDemand {
  /** Work in the background. It counts as a request, since the batch that it belongs to counted once and may have thousands. */
  readonly lowPriority: boolean;
  /** Aborted when the service has left. */
  readonly leaving: () => AbortSignal;
}

export interface KeyLimiter {
  /** Admits a client's request, or throws `rate_limit_exceeded` or `too_many_concurrent_requests`. */
  admit(key: KeyRecord, demand: Demand): Admission;
  /** Admits a service's request of a model. It waits for a place before it is refused. */
  admitService(key: KeyRecord, demand: ServiceDemand): Promise<Admission>;
  /** What remains of a key's limits now; null where it has none. Counts nothing. */
  remaining(key: KeyRecord): Me['remaining'];
}

export const unlimited: Admission = {
  reserve: () => {},
  extend: () => {},
  settle: () => {},
  release: () => {},
  addHeaders: () => {},
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
      const takesPlace = demand === 'request_and_place';
      const maxConcurrent = key.limits.max_concurrent;
      if (takesPlace && maxConcurrent !== null && usage.open >= maxConcurrent) throw full(maxConcurrent, clientRetryMs);
      countRequest(key, usage, now());
      if (takesPlace) usage.open++;
      return new Admitted(key, usage, now, takesPlace ? 'request_and_place' : 'request');
    },
    async admitService(key, { lowPriority, leaving }) {
      if (isUnlimited(key)) return unlimited;
      const usage = usageOf(key, now());
      const maxConcurrent = key.limits.max_concurrent;
      if (maxConcurrent !== null && !(await usage.places.enter(maxConcurrent, lowPriority, leaving))) {
        throw full(maxConcurrent, serviceRetryMs);
      }
      try {
        if (lowPriority) countRequest(key, usage, now());
      } catch (error) {
        if (maxConcurrent !== null) usage.places.leave();
        throw error;
      }
      return new Admitted(key, usage, now, lowPriority ? 'counted-for-service' : 'for-service');
    },
    remaining({ id, limits }) {
      const usage = usages.get(id);
      const { requests_per_minute: requests, tokens_per_minute: tokens, max_concurrent: concurrent } = limits;
      const left = (perMinute: number | null, bucket: Bucket | undefined): number | null =>
        perMinute === null || bucket === undefined ? perMinute : leftIn(refill(bucket, perMinute, now()));
      return {
        requests: left(requests, usage?.requests),
        tokens: left(tokens, usage?.tokens),
        concurrent: concurrent === null ? null : Math.max(0, concurrent - (usage?.open ?? 0)),
      };
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

/** How a request was admitted: what it counted as, and which kind of place it has. */
type Entry = Exclude<Demand, 'nothing'> | 'counted-for-service' | 'for-service';

/** A class because every request makes one, and closures cost several times as much. */
class Admitted implements Admission {
  readonly #limits: KeyRecord['limits'];
  readonly #usage: Usage;
  readonly #now: () => number;
  readonly #entry: Entry;
  #reserved = 0;
  #settled = false;
  #released = false;

  constructor(key: KeyRecord, usage: Usage, now: () => number, entry: Entry) {
    this.#limits = key.limits;
    this.#usage = usage;
    this.#now = now;
    this.#entry = entry;
  }

  reserve(tokens: number): void {
    const { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute } = this.#limits;
    if (tokensPerMinute === null) return;
    const usage = this.#usage;
    const reservation = reserve(usage.tokens, tokens, tokensPerMinute, this.#now());
    if (reservation.allowed) {
      usage.tokens = reservation.bucket;
      this.#reserved = tokens;
      return;
    }
    // A request that is refused for its tokens costs nothing.
    const counted = this.#entry !== 'for-service';
    if (counted && requestsPerMinute !== null) usage.requests = settle(usage.requests, 1, requestsPerMinute);
    throw exceeded(tokensPerMinute, 'tokens', reservation.waitMs);
  }

  extend(tokens: number): void {
    const tokensPerMinute = this.#limits.tokens_per_minute;
    if (tokensPerMinute === null || this.#settled) return;
    this.#reserved += tokens;
    this.#usage.tokens = settle(this.#usage.tokens, -tokens, tokensPerMinute);
  }

  settle(usedTokens: number | null): void {
    const tokensPerMinute = this.#limits.tokens_per_minute;
    if (this.#settled) return;
    this.#settled = true;
    if (tokensPerMinute === null || usedTokens === null) return;
    this.#usage.tokens = settle(this.#usage.tokens, this.#reserved - usedTokens, tokensPerMinute);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (this.#entry === 'request_and_place') this.#usage.open--;
    else if (this.#entry !== 'request' && this.#limits.max_concurrent !== null) this.#usage.places.leave();
  }

  addHeaders(to: Record<string, string | number>): void {
    const { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute } = this.#limits;
    const { requests, tokens } = this.#usage;
    if (requestsPerMinute !== null) {
      to[headers.limitRequests] = requestsPerMinute;
      to[headers.remainingRequests] = leftIn(requests);
      to[headers.resetRequests] = formatDuration(untilFull(requests, requestsPerMinute));
    }
    if (tokensPerMinute !== null) {
      to[headers.limitTokens] = tokensPerMinute;
      to[headers.remainingTokens] = leftIn(tokens);
      to[headers.resetTokens] = formatDuration(untilFull(tokens, tokensPerMinute));
    }
  }
}

function leftIn({ level }: Bucket): number {
  return Math.max(0, Math.floor(level));
}

function full(limit: number, retryAfterMs: number): KumikiError {
  return new KumikiError('too_many_concurrent_requests', { limit }, { retryAfterMs });
}

function exceeded(limit: number, unit: string, waitMs: number): KumikiError {
  const details = { limit, unit, retryAfter: formatDuration(waitMs) };
  return new KumikiError('rate_limit_exceeded', details, { retryAfterMs: waitMs });
}

/** Drops the least recently used key without open requests. A Map keeps the order of use. */
function forgetIdle(usages: Map<string, Usage>): void {
  for (const [id, usage] of usages) {
    if (usage.open > 0 || !usage.places.idle()) continue;
    usages.delete(id);
    return;
  }
}
