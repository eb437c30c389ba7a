import type { ChangeList, LoadHistory, RequestDetail, RequestList, Status } from '@kumiki/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';

/** Everything below it is asked for anew after the live stream was away. */
export const operateKey = ['operate'] as const;

/** One page of requests, the most that the product gives at once. */
const requestsPage = 200;

export const statusQuery = queryOptions({
  queryKey: [...operateKey, 'status'],
  queryFn: ({ signal }) => callApi<Status>('/v1/kumiki/status', { signal }),
});

/** The last 15 minutes. What comes later comes through the live stream. */
export const loadQuery = queryOptions({
  queryKey: [...operateKey, 'load'],
  queryFn: ({ signal }) => callApi<LoadHistory>('/v1/kumiki/load', { signal }),
  staleTime: 30_000,
});

export const changesQuery = queryOptions({
  queryKey: [...operateKey, 'changes'],
  queryFn: async ({ signal }) => (await callApi<ChangeList>('/v1/kumiki/changes', { signal })).data,
  staleTime: 30_000,
});

export const requestsQuery = infiniteQueryOptions({
  queryKey: [...operateKey, 'requests'],
  queryFn: ({ signal, pageParam }) =>
    callApi<RequestList>('/v1/kumiki/requests', { signal, query: { limit: requestsPage, after: pageParam } }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => (page.has_more ? page.last_id : null),
  staleTime: 30_000,
});

export function requestQuery(id: string) {
  return queryOptions({
    queryKey: [...operateKey, 'request', id],
    queryFn: ({ signal }) => callApi<RequestDetail>(`/v1/kumiki/requests/${encodeURIComponent(id)}`, { signal }),
    staleTime: 1_000,
  });
}
