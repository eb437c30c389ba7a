import type { BrowserSession, BrowserSessionList } from '@kumiki/api';
import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';

const sessionsPath = '/v1/kumiki/sessions';

/** The browsers that are signed in: with one's own key, or with any for those who operate. */
export const browserSessionsQuery = queryOptions({
  queryKey: ['browser-sessions'],
  queryFn: async ({ signal }): Promise<readonly BrowserSession[]> =>
    (await callApi<BrowserSessionList>(sessionsPath, { signal })).data,
});

export function endSession(id: string): Promise<unknown> {
  return callApi(`${sessionsPath}/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** All of one's own key but the one that asks. */
export function endOtherSessions(): Promise<unknown> {
  return callApi(sessionsPath, { method: 'DELETE', query: { keep_current: true } });
}
