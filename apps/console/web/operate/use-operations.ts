import type { Change, Load, MissingGateway, RequestRecord, Status } from '@kumiki/api';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { useLivePart } from '../api/live.tsx';
import { sessionQuery } from '../api/session.ts';
import { joinMissing } from './join-missing.ts';
import { joinChanges, joinRequests } from './join-records.ts';
import { joinLoads } from './load-history.ts';
import { changesQuery, loadQuery, operateKey, requestsQuery, statusQuery } from './operate-queries.ts';

/** Until the product says otherwise. */
const usualStepMs = 2_000;

/** Fetches what the live stream missed while it was broken or the tab was hidden. */
export function useCatchUp(): void {
  const state = useLivePart((live) => live.state);
  const client = useQueryClient();
  const lost = useRef(false);
  useEffect(() => {
    if (state === 'lost') {
      lost.current = true;
      // The stream may have broken because the session ended, which it does not report.
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    }
    if (state !== 'open' || !lost.current) return;
    lost.current = false;
    void client.invalidateQueries({ queryKey: operateKey });
  }, [state, client]);
  useEffect(() => {
    const onSight = (): void => {
      if (document.visibilityState === 'visible') void client.invalidateQueries({ queryKey: operateKey });
    };
    document.addEventListener('visibilitychange', onSight);
    return () => document.removeEventListener('visibilitychange', onSight);
  }, [client]);
}

/** The newest status, and what kept it from being read when there is none. */
export function useStatus(): { readonly status: Status | null; readonly error: unknown } {
  const live = useLivePart(({ status }) => status);
  const { data, error } = useQuery({ ...statusQuery, enabled: live === null });
  const status = live ?? data ?? null;
  return { status, error: status === null ? error : null };
}

export interface Loads {
  /** The last 15 minutes, ascending. */
  readonly points: readonly Load[];
  readonly latest: Load | null;
  readonly stepMs: number;
  readonly pending: boolean;
  readonly error: unknown;
}

export function useLoads(): Loads {
  const loads = useLivePart((live) => live.loads);
  const { data, isPending, error } = useQuery(loadQuery);
  const points = useMemo(() => joinLoads(data?.points ?? [], loads), [data, loads]);
  const stepMs = data?.step_ms ?? usualStepMs;
  return { points, latest: points.at(-1) ?? null, stepMs, pending: isPending, error };
}

export function useChanges(): {
  readonly changes: readonly Change[];
  readonly pending: boolean;
  readonly error: unknown;
} {
  const changes = useLivePart((live) => live.changes);
  const { data, isPending, error } = useQuery(changesQuery);
  return { changes: useMemo(() => joinChanges(data ?? [], changes), [data, changes]), pending: isPending, error };
}

export interface Requests {
  /** Newest first. */
  readonly requests: readonly RequestRecord[];
  readonly pending: boolean;
  readonly error: unknown;
  /** Gateways whose requests are not among them. */
  readonly missing: readonly MissingGateway[];
  /** Brings older ones; null when there are none, or they are on their way. */
  readonly more: (() => void) | null;
}

export function useRequests(): Requests {
  const live = useLivePart(({ requests }) => requests);
  const { data, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(requestsQuery);
  const requests = useMemo(() => joinRequests(data?.pages.flatMap((page) => page.data) ?? [], live), [data, live]);
  return {
    requests,
    pending: isPending,
    error,
    missing: joinMissing(data?.pages ?? []),
    more: hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : null,
  };
}
