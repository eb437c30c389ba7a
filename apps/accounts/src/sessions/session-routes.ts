import { KumikiError, type Session, signInBodySchema, type SignInLink } from '@kumiki/api';
import { readBody, sessionIdOf } from '@kumiki/control';
import { callerOf } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import type { Keys } from '../keys/key-ring.ts';
import type { Surroundings } from '../ports/surroundings.ts';
import { createChangeThrottle } from './change-throttle.ts';
import { createSessionCookie } from './session-cookie.ts';
import type { Sessions } from './session-ring.ts';
import type { SignInLinks } from './sign-in-links.ts';

const sessionPath = '/v1/kumiki/session';
const signInLinksPath = '/v1/kumiki/sign_in_links';

/** The stores behind browser sign-in. */
export interface SignIn {
  readonly pepper: Uint8Array;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly signInLinks: SignInLinks;
}

/** Routes to sign in by a one-time link, and to sign out. The gateway has checked the `origin` of the request. */
export function addSessionRoutes(app: FastifyInstance, signIn: SignIn, surroundings: Surroundings): void {
  const { keys, sessions, signInLinks } = signIn;
  const { address } = surroundings;
  const cookie = createSessionCookie(signIn.pepper, address);
  const mayLog = createChangeThrottle(Date.now);

  // Open to every key: a link has the rights of the key that requests it.
  app.post(signInLinksPath, async (request, reply) => {
    const { keyId } = callerOf(request);
    describeSession(keys, surroundings, keyId, null);
    const { shown, configured } = address();
    const { url, expiresAt } = await signInLinks.make({ keyId, sessionId: sessionIdOf(request) }, shown);
    const link: SignInLink = { object: 'kumiki.sign_in_link', url, expires_at: expiresAt, configured };
    return reply.code(201).header('cache-control', 'no-store').send(link);
  });

  app.post(sessionPath, async (request, reply) => {
    const { token } = readBody(signInBodySchema, request.body);
    const keyId = await signInLinks.use(token);
    const session = describeSession(keys, surroundings, keyId, null);
    const { record, secret } = await sessions.open(keyId, request.headers['user-agent'] ?? null);
    const { name } = session.key;
    if (mayLog(keyId)) {
      surroundings.tell({ kind: 'session.created', subject: record.id, params: { name }, by: name });
    }
    cookie.set(request, reply, secret);
    return reply.code(201).send({ ...session, expires_at: earlier(record.expiresAt, session.expires_at) });
  });

  app.get(sessionPath, (request, reply) => {
    const sessionId = sessionIdOf(request);
    const session = sessionId === null ? undefined : sessions.get(sessionId);
    reply.header('cache-control', 'no-store');
    return describeSession(keys, surroundings, callerOf(request).keyId, session?.expiresAt ?? null);
  });

  app.delete(sessionPath, async (request, reply) => {
    const id = sessionIdOf(request);
    if (id === null) throw new KumikiError('conflict', { reason: 'An API key has no session that could be ended' });
    await sessions.end((session) => session.id === id);
    cookie.clear(request, reply);
    return { object: 'kumiki.session.deleted', id, deleted: true };
  });
}

function describeSession(
  keys: Keys,
  { version, address }: Surroundings,
  keyId: string,
  expiresAt: number | null,
): Session {
  const key = keys.records().find(({ id }) => id === keyId);
  if (key === undefined) throw new KumikiError('invalid_session', { reason: 'its key was revoked' });
  const { id, name, project, roles } = key;
  return {
    object: 'kumiki.session',
    key: { id, name, project, roles },
    url: address().shown,
    version,
    expires_at: earlier(expiresAt, key.expiresAt),
  };
}

/** The earlier of two expiries; null never expires. A session expires with its key. */
function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
