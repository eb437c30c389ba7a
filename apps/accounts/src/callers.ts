import type { Callers } from '@kumiki/control';
import type { Accounts } from './open-accounts.ts';

/** Answers the control API's questions about callers from the keys and sessions. */
export function callersOf({ keys, sessions }: Pick<Accounts, 'keys' | 'sessions'>): Callers {
  return {
    nameOf: keys.nameOf,
    mayStillOperate(keyId, sessionId) {
      const now = Date.now() / 1_000;
      const lasts = (until: number | null): boolean => until === null || until > now;
      const key = keys.records().find(({ id }) => id === keyId);
      if (key === undefined || !key.roles.includes('admin') || !lasts(key.expiresAt)) return false;
      if (sessionId === null) return true;
      const session = sessions.get(sessionId);
      return session !== undefined && lasts(session.expiresAt);
    },
  };
}
