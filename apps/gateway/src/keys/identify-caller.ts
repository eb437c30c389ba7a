import type { IncomingMessage } from 'node:http';
import { findPath, headers, KumikiError, type KeyRecord, type SessionRecord } from '@kumiki/api';
import { isSafeMethod, judgeSite, type Site } from '../sessions/judge-site.ts';
import type { KeyStore } from '../snapshot/key-store.ts';
import { invalid, type SessionStore } from '../snapshot/session-store.ts';

/** What services of the installation may ask for and clients may not. */
export interface ServiceWishes {
  /** Id of the service's own key. */
  readonly keyId: string;
  /** The request yields to all others. */
  readonly lowPriority: boolean;
  /** Token ids stay in the stream: the service keeps the answer and may have to resume it. */
  readonly tokenIds: boolean;
}

export interface Caller {
  /** The key whose rights, limits and project count. */
  readonly key: KeyRecord;
  /** Null for all callers that are not services: their `x-kumiki-…` headers are ignored. */
  readonly service: ServiceWishes | null;
  /** The session whose cookie was sent instead of a key. */
  readonly sessionId: string | null;
}

export interface Identities {
  readonly keys: KeyStore;
  readonly sessions: SessionStore;
  /** Whether the client speaks TLS, with the gateway or with a trusted proxy. */
  readonly isHttps: (request: IncomingMessage) => boolean;
}

/**
 * Identifies the caller of a request. A service counts as the key that it acts for; without one it counts as a key
 * without rights. A browser counts as the key of its session. Where there is an `Authorization` header, the cookie is
 * ignored.
 * @param now Unix seconds.
 */
export function identifyCaller(identities: Identities, request: IncomingMessage, now: number): Caller {
  const received = request.headers;
  if (received.authorization === undefined && received.cookie !== undefined) {
    const session = identities.sessions.find(received.cookie, now);
    if (session !== null) return callerOfSession(identities, session, request, now);
  }
  const own = identities.keys.authenticate(received.authorization, now);
  const actFor = received[headers.actFor];
  if (typeof actFor !== 'string' || !own.roles.includes('service')) return { key: own, service: null, sessionId: null };
  requirePath(own, request);
  return {
    key: identities.keys.actingFor(actFor, now),
    service: {
      keyId: own.id,
      lowPriority: received[headers.priority] === 'low',
      tokenIds: received[headers.tokenIds] === '1',
    },
    sessionId: null,
  };
}

/** Restricts a service's key to the paths that the service needs, in case an attacker controls the service. */
function requirePath({ name, paths }: KeyRecord, { method = 'GET', url = '/' }: IncomingMessage): void {
  if (paths === undefined) return;
  const [path = '/'] = url.split('?', 1);
  const row = findPath(method, path);
  if (row !== null && paths.includes(`${row.method} ${row.pattern}`)) return;
  const action = `ask for ${method} ${path.slice(0, 256)} as the service '${name}'`;
  throw new KumikiError('permission_denied', { action, remedy: 'Its key names what it may ask for.' });
}

/**
 * A browser adds its cookie to every request that any page makes it send, so the page must be of this origin. Changes
 * need proof of that; for reads it is enough that no header contradicts it.
 */
function callerOfSession(
  identities: Identities,
  session: SessionRecord,
  request: IncomingMessage,
  now: number,
): Caller {
  const site = siteOf(identities, request);
  if (site === 'other' || (site === 'unknown' && !isSafeMethod(request.method ?? ''))) throw crossSite(site);
  const key = identities.keys.withId(session.keyId, now);
  if (key === null || key.roles.includes('service')) throw invalid('the key of the session is no longer valid');
  return { key, service: null, sessionId: session.id };
}

/** Refuses changes that another site's page sends to a path that needs no key, such as signing in. */
export function requireOwnSite(identities: Identities, request: IncomingMessage): void {
  const site = siteOf(identities, request);
  if (site === 'other' && !isSafeMethod(request.method ?? '')) throw crossSite(site);
}

function siteOf({ isHttps }: Identities, request: IncomingMessage): Site {
  const received = request.headers;
  const fetchSite = received['sec-fetch-site'];
  return judgeSite({
    // A header that came several times becomes a value that no browser sends.
    fetchSite: Array.isArray(fetchSite) ? fetchSite.join() : fetchSite,
    origin: received.origin,
    host: received.host,
    https: isHttps(request),
  });
}

function crossSite(site: Site): KumikiError {
  const reason =
    site === 'other' ? 'it comes from a page of another origin' : 'it does not say which page it comes from';
  return new KumikiError('cross_site_request', { reason });
}
