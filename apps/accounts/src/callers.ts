import type { Callers } from '@kumiki/control';
import type { Identities } from '../keys/open-identities.ts';

/** Who asks, as the keys and sessions of this machine have it. */
export function callersOf({ keys, sessions }: Pick<Identities, 'keys' | 'sessions'>): Callers {
  const find = (keyId: string) => keys.records().find(({ id }) => id === keyId);
  return {
    nameOf: (keyId) => find(keyId)?.name ?? null,
    mayStillOperate(keyId, sessionId) {
      const now = Date.now() / 1_000;
      const lasts = (until: number | null): boolean => until === null || until > now;
      const key = find(keyId);
      if (key === undefined || !key.roles.includes('admin') || !lasts(key.expiresAt)) return false;
      if (sessionId === null) return true;
      const session = sessions.get(sessionId);
      return session !== undefined && lasts(session.expiresAt);
    },
  };
}
