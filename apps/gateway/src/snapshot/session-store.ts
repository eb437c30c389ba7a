import { KumikiError, type SessionRecord } from '@kumiki/api';
import { createSecretHash, sessionCookieName } from '@kumiki/seal';
import { readCookie } from '../sessions/read-cookie.ts';

/** 256 random bits in base64url. */
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

export interface SessionStore {
  replace(sessions: readonly SessionRecord[]): void;
  /**
   * The session of a `cookie` header; null when it does not have the session's cookie. Throws `invalid_session`.
   * @param now Unix seconds.
   */
  find(cookies: string | undefined, now: number): SessionRecord | null;
  /** Whether the session exists and has not expired. @param now Unix seconds. */
  has(id: string, now: number): boolean;
  /** Unix seconds of the last use, by id, for the sessions that were used since this process started. */
  lastUsed(): ReadonlyMap<string, number>;
}

/**
 * Finds sessions by the hash of their cookie's value, as keys are found.
 * @param readNewer replaces the sessions at once if there is a newer snapshot.
 */
export function createSessionStore(
  pepper: Uint8Array,
  initial: readonly SessionRecord[],
  readNewer: () => void = () => {},
): SessionStore {
  const hashOf = createSecretHash(pepper);
  const name = sessionCookieName(pepper);
  let byHash = index(initial);
  let expiries = indexExpiries(initial);
  const usedAt = new Map<string, number>();
  return {
    replace(sessions) {
      byHash = index(sessions);
      expiries = indexExpiries(sessions);
      for (const id of usedAt.keys()) if (!expiries.has(id)) usedAt.delete(id);
    },
    find(cookies, now) {
      const cookie = readCookie(cookies, name);
      if (cookie.kind === 'none') return null;
      if (cookie.kind === 'twice') throw invalid('its cookie is there twice, so delete the cookies of this address');
      const hash = tokenPattern.test(cookie.value) ? hashOf(cookie.value) : null;
      if (hash !== null && !byHash.has(hash)) readNewer();
      const session = hash === null ? undefined : byHash.get(hash);
      if (session === undefined) throw invalid('the session is not known here, or was signed out');
      if (session.expiresAt <= now) throw invalid('the session has expired');
      usedAt.set(session.id, now);
      return session;
    },
    has: (id, now) => (expiries.get(id) ?? 0) > now,
    lastUsed: () => usedAt,
  };
}

function index(sessions: readonly SessionRecord[]): Map<string, SessionRecord> {
  return new Map(sessions.map((session) => [session.hash, session]));
}

function indexExpiries(sessions: readonly SessionRecord[]): Map<string, number> {
  return new Map(sessions.map(({ id, expiresAt }) => [id, expiresAt]));
}

export function invalid(reason: string): KumikiError {
  return new KumikiError('invalid_session', { reason });
}
