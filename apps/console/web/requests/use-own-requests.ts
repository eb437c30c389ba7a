import type { RequestRecord } from '@kumiki/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { joinMissing } from '../operate/join-missing.ts';
import { ownRequestsQuery } from '../operate/operate-queries.ts';
import type { Requests } from '../operate/use-operations.ts';

/**
 * Polling interval of a key's own requests while the screen is visible, since the live stream requires the role
 * `admin`.
 */
const refreshMs = 4_000;

/** The last requests of the key that is signed in. */
export function useOwnRequests(): Requests {
  const query = useInfiniteQuery({ ...ownRequestsQuery, refetchInterval: refreshMs });
  const { data, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const requests = useMemo(() => distinct(data?.pages.flatMap((page) => page.data) ?? []), [data]);
  return {
    requests,
    pending: isPending,
    error,
    missing: joinMissing(data?.pages ?? []),
    more: hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : null,
  };
}

/** Requests that arrive between two fetches appear on both pages. */
function distinct(records: readonly RequestRecord[]): readonly RequestRecord[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}
