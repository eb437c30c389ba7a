import type { Load, ReplicaLoad } from '@kumiki/api';

/** Number of points of a sparkline: the last minutes. */
const linePoints = 90;

export interface ServiceLoad {
  readonly running: number;
  readonly waiting: number;
  readonly maxRunning: number;
  readonly kvUsedTokens: number;
  readonly kvTotalTokens: number;
  readonly tokensPerSecond: number;
  /** The median of the replicas' medians, in milliseconds. */
  readonly ttftMs: number | null;
  readonly itlMs: number | null;
}

/** What the replicas of a service do together; null when nothing was measured. */
export function sumOfService(load: Load | undefined, service: string): ServiceLoad | null {
  const replicas = load?.replicas.filter((replica) => replica.service === service) ?? [];
  if (replicas.length === 0) return null;
  const sum = (read: (replica: ReplicaLoad) => number | null | undefined): number =>
    replicas.reduce((total, replica) => total + (read(replica) ?? 0), 0);
  return {
    running: sum(({ running }) => running),
    waiting: sum(({ waiting }) => waiting),
    maxRunning: sum(({ max_running }) => max_running),
    kvUsedTokens: sum(({ kv_cache }) => kv_cache?.used_tokens),
    kvTotalTokens: sum(({ kv_cache }) => kv_cache?.total_tokens),
    tokensPerSecond: sum(({ tokens_per_second }) => tokens_per_second),
    ttftMs: median(replicas.flatMap(({ ttft_ms }) => ttft_ms?.p50 ?? [])),
    itlMs: median(replicas.flatMap(({ itl_ms }) => itl_ms?.p50 ?? [])),
  };
}

/** Tokens per second of a service over the last minutes. */
export function serviceLine(points: readonly Load[], service: string): readonly (number | null)[] {
  return points.slice(-linePoints).map((load) => tokenRates(load).ofService.get(service) ?? null);
}

/** Tokens per second of a replica over the last minutes. */
export function replicaLine(points: readonly Load[], id: string): readonly (number | null)[] {
  return points.slice(-linePoints).map((load) => tokenRates(load).ofReplica.get(id) ?? null);
}

interface TokenRates {
  readonly ofReplica: ReadonlyMap<string, number>;
  readonly ofService: ReadonlyMap<string, number>;
}

/** A moment never changes, and there are many of hundreds of replicas: each is read once. */
const known = new WeakMap<Load, TokenRates>();

function tokenRates(load: Load): TokenRates {
  const before = known.get(load);
  if (before !== undefined) return before;
  const ofReplica = new Map<string, number>();
  const ofService = new Map<string, number>();
  for (const { id, service, tokens_per_second } of load.replicas) {
    ofReplica.set(id, tokens_per_second);
    ofService.set(service, (ofService.get(service) ?? 0) + tokens_per_second);
  }
  const rates = { ofReplica, ofService };
  known.set(load, rates);
  return rates;
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
