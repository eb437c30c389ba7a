import type {
  ApiKey,
  ProjectLimitName,
  ProjectLimitsList,
  ProjectLimitsView,
  ProjectUsage,
  SetProjectLimits,
} from '@kumiki/api';
import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';

export const accessKey = ['access'] as const;

export const keysQuery = queryOptions({
  queryKey: [...accessKey, 'keys'],
  queryFn: async ({ signal }) => (await callApi<{ data: ApiKey[] }>('/v1/kumiki/keys', { signal })).data,
});

/** The projects that have limits of their own, and the defaults. */
export const limitsQuery = queryOptions({
  queryKey: [...accessKey, 'limits'],
  queryFn: ({ signal }) => callApi<ProjectLimitsList>('/v1/kumiki/limits', { signal }),
});

/** Polling interval of the usage while the screen is visible. */
const usageRefreshMs = 10_000;

/** A project's usage, as reported by the services that count it. */
export function usageQuery(project: string) {
  const name = encodeURIComponent(project);
  return queryOptions({
    queryKey: [...accessKey, 'usage', project],
    queryFn: async ({ signal }): Promise<Partial<Record<ProjectLimitName, number>>> => {
      const parts = await Promise.allSettled([
        callApi<ProjectUsage>(`/v1/kumiki/usage/conversations/${name}`, { signal }),
        callApi<ProjectUsage>(`/v1/kumiki/usage/files/${name}`, { signal }),
      ]);
      const told = parts.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
      const failed = parts.find((part) => part.status === 'rejected');
      // One that is away leaves its part out; where both are, the reason is shown.
      if (told.length === 0 && failed !== undefined) throw failed.reason;
      return Object.assign({}, ...told) as Partial<Record<ProjectLimitName, number>>;
    },
    refetchInterval: usageRefreshMs,
  });
}

export function setLimits(project: string, body: SetProjectLimits): Promise<ProjectLimitsView> {
  return callApi(`/v1/kumiki/limits/${encodeURIComponent(project)}`, { body });
}

export function revokeKey(id: string): Promise<unknown> {
  return callApi(`/v1/kumiki/keys/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
