import type { Session } from '@kumiki/api';
import { queryOptions } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';
import { callApi } from './call-api.ts';

const sessionPath = '/v1/kumiki/session';

/** The signed-in session; null without one. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await callApi<Session>(sessionPath, { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Turns the token of a one-time link into a session. Throws ApiError. */
export function signIn(token: string): Promise<Session> {
  return callApi<Session>(sessionPath, { body: { token } });
}

export function signOut(): Promise<unknown> {
  return callApi(sessionPath, { method: 'DELETE' });
}
