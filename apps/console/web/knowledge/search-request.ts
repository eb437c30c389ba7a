import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';
import type { Address } from '../shell/use-address.ts';
import { pathOfStore, storesKey } from './store-queries.ts';
import type { SearchResult } from './store-types.ts';

export const searchDefaults = { results: 10, threshold: 0, meaning: 50 } as const;
export const maxResults = 50;

/** A search as it stands in the address. */
export interface SearchRequest {
  readonly query: string;
  readonly results: number;
  readonly threshold: number;
  /** What the vectors count, in percent of both; null leaves it to the product. */
  readonly meaning: number | null;
  /** JSON; empty for none. */
  readonly filter: string;
}

export function readRequest({ get }: Address): SearchRequest {
  const number = (name: string, fallback: number, most: number): number => {
    const value = Number(get(name) === '' ? NaN : get(name));
    return Number.isFinite(value) ? Math.min(most, Math.max(0, value)) : fallback;
  };
  return {
    query: get('q'),
    results: Math.max(1, Math.round(number('n', searchDefaults.results, maxResults))),
    threshold: number('min', searchDefaults.threshold, 1),
    meaning: get('mix') === '' ? null : number('mix', searchDefaults.meaning, 100),
    filter: get('f'),
  };
}

export function toAddress({
  query,
  results,
  threshold,
  meaning,
  filter,
}: SearchRequest): Record<string, string | null> {
  return {
    q: query,
    n: results === searchDefaults.results ? null : String(results),
    min: threshold === searchDefaults.threshold ? null : String(threshold),
    mix: meaning === null ? null : String(meaning),
    f: filter,
  };
}

/** The body of `POST /v1/vector_stores/{id}/search`. Throws SyntaxError when the filter is no JSON. */
export function toBody({ query, results, threshold, meaning, filter }: SearchRequest) {
  const weights = meaning === null ? null : { embedding_weight: meaning / 100, text_weight: (100 - meaning) / 100 };
  const ranking = {
    ...(threshold === 0 ? {} : { score_threshold: threshold }),
    ...(weights === null ? {} : { hybrid_search: weights }),
  };
  return {
    query,
    max_num_results: results,
    ...(filter === '' ? {} : { filters: JSON.parse(filter) as unknown }),
    ...(Object.keys(ranking).length === 0 ? {} : { ranking_options: ranking }),
  };
}

export interface Found {
  readonly results: readonly SearchResult[];
  /** As this browser saw it. */
  readonly tookMs: number;
}

export function searchQuery(storeId: string, request: SearchRequest) {
  return queryOptions({
    queryKey: [...storesKey, 'search', storeId, request],
    queryFn: async ({ signal }): Promise<Found> => {
      const began = performance.now();
      const { data } = await callApi<{ data: SearchResult[] }>(`${pathOfStore(storeId)}/search`, {
        body: toBody(request),
        signal,
      });
      return { results: data, tookMs: performance.now() - began };
    },
    enabled: request.query.trim() !== '',
    staleTime: Infinity,
    retry: false,
  });
}
