import { createHmac, createSecretKey } from 'node:crypto';
import { KumikiError, type SessionRecord } from '@kumiki/api';
import { sessionCookieName } from '@kumiki/service';
import { readCookie } from './read-cookie.ts';

/** 256 random bits in base64url. */
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

export interface SessionStore {
  replace(sessions: readonly SessionRecord[]): void;
  /**
   * The session of a `cookie` header; null when our cookie is not in it. Throws `invalid_session`.
   * @param now Unix seconds.
   */
  find(cookies: string | undefined, now: number): SessionRecord | null;
  /** When a session was last found, in Unix seconds; null when it has not been since this process started. */
  lastUsed(id: string): number | null;
}

/** Finds sessions by the hash of their cookie's value, as keys are found. */
export function createSessionStore(pepper: Uint8Array, initial: readonly SessionRecord[]): SessionStore {
  const secret = createSecretKey(pepper);
  const name = sessionCookieName(pepper);
  let byHash = index(initial);
  const usedAt = new Map<string, number>();
  return {
    replace(sessions) {
      byHash = index(sessions);
      const ids = new Set(sessions.map(({ id }) => id));
      for (const id of usedAt.keys()) if (!ids.has(id)) usedAt.delete(id);
    },
    find(cookies, now) {
      const cookie = readCookie(cookies, name);
      if (cookie.kind === 'none') return null;
      if (cookie.kind === 'twice') throw invalid('its cookie is there twice, so delete the cookies of this address');
      const hash = tokenPattern.test(cookie.value)
        ? createHmac('sha256', secret).update(cookie.value).digest('hex')
        : null;
      const session = hash === null ? undefined : byHash.get(hash);
      if (session === undefined) throw invalid('the session is not known here, or was signed out');
      if (session.expiresAt <= now) throw invalid('the session has expired');
      usedAt.set(session.id, now);
      return session;
    },
    lastUsed: (id) => usedAt.get(id) ?? null,
  };
}

function index(sessions: readonly SessionRecord[]): Map<string, SessionRecord> {
  return new Map(sessions.map((session) => [session.hash, session]));
}

export function invalid(reason: string): KumikiError {
  return new KumikiError('invalid_session', { reason });
}
