import type { BrowserSessionList } from '@kumiki/api';
import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';

const sessionsPath = '/v1/kumiki/sessions';

/** The browsers that are signed in: with one's own key, or with any for those who operate. */
export const browserSessionsQuery = queryOptions({
  queryKey: ['browser-sessions'],
  queryFn: ({ signal }) => callApi<BrowserSessionList>(sessionsPath, { signal }),
});

export function endSession(id: string): Promise<unknown> {
  return callApi(`${sessionsPath}/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** All sessions of the own key except the present one. */
export function endOtherSessions(): Promise<unknown> {
  return callApi(sessionsPath, { method: 'DELETE', query: { keep_current: true } });
}

/** All sessions of the own key, the present one included. */
export function endAllSessions(): Promise<unknown> {
  return callApi(sessionsPath, { method: 'DELETE' });
}
