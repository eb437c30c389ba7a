import type { ChangeList, LoadHistory, RequestDetail, RequestList, Status } from '@kumiki/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';

/** Everything below it is fetched again after the live stream was interrupted. */
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

/** Whose requests are shown: all for admins, their own for other keys. */
export type RequestScope = 'all' | 'own';

const requestPaths: Readonly<Record<RequestScope, string>> = {
  all: '/v1/kumiki/requests',
  own: '/v1/kumiki/me/requests',
};

function listRequests(scope: RequestScope) {
  return infiniteQueryOptions({
    queryKey: [...operateKey, 'requests', scope],
    queryFn: ({ signal, pageParam }) =>
      callApi<RequestList>(requestPaths[scope], { signal, query: { limit: requestsPage, after: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.has_more ? page.last_id : null),
    staleTime: 30_000,
  });
}

export const requestsQuery = listRequests('all');
export const ownRequestsQuery = listRequests('own');

export function requestQuery(id: string, scope: RequestScope) {
  return queryOptions({
    queryKey: [...operateKey, 'request', scope, id],
    queryFn: ({ signal }) => callApi<RequestDetail>(`${requestPaths[scope]}/${encodeURIComponent(id)}`, { signal }),
    staleTime: 1_000,
  });
}
