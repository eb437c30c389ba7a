import type {
  EndpointLoad,
  MissingGateway,
  ObservedGatewayLoad,
  ObservedRequests,
  Percentiles,
  RequestRecord,
} from '@kumiki/api';
import { mergeSummaries } from '@kumiki/policy';

/** The load over all gateways. */
export interface MergedLoad {
  readonly openRequests: number;
  readonly requestsPerSecond: number;
  readonly errorsPerSecond: number;
  readonly all: MergedSpeed;
  readonly endpoints: ReadonlyMap<string, MergedSpeed>;
  readonly missing: readonly MissingGateway[];
}

export interface MergedSpeed {
  readonly tokensPerSecond: number;
  readonly ttftMs: Percentiles | null;
  readonly itlMs: Percentiles | null;
}

export function mergeLoads(loads: readonly ObservedGatewayLoad[], missing: readonly MissingGateway[]): MergedLoad {
  const sum = (value: (one: ObservedGatewayLoad) => number): number => loads.reduce((all, one) => all + value(one), 0);
  const byEndpoint = Map.groupBy(
    loads.flatMap(({ load }) => load.endpoints),
    ({ id }) => id,
  );
  return {
    openRequests: sum((one) => one.open_requests),
    requestsPerSecond: sum(({ load }) => load.requests_per_second),
    errorsPerSecond: sum(({ load }) => load.errors_per_second),
    all: mergeSpeeds(loads.map(({ load }) => load)),
    endpoints: new Map([...byEndpoint].map(([id, several]) => [id, mergeSpeeds(several)])),
    missing,
  };
}

function mergeSpeeds(several: readonly EndpointLoad[]): MergedSpeed {
  return {
    tokensPerSecond: several.reduce((all, one) => all + one.tokens_per_second, 0),
    ttftMs: mergeSummaries(several.map(({ ttft_ms: summary }) => summary)),
    itlMs: mergeSummaries(several.map(({ itl_ms: summary }) => summary)),
  };
}

/**
 * Merges the pages of all gateways into one: by start time, newest first, then by id, as each gateway orders its own.
 */
export function mergeRequests(pages: readonly ObservedRequests[], limit: number): ObservedRequests {
  const all = pages.flatMap(({ data }) => data).toSorted(byNewest);
  return { data: all.slice(0, limit), has_more: all.length > limit || pages.some((page) => page.has_more) };
}

function byNewest(a: RequestRecord, b: RequestRecord): number {
  return b.started_at - a.started_at || (a.id < b.id ? 1 : -1);
}
