import { headers, KumikiError, type Session, signInBodySchema, type SignInLink } from '@kumiki/api';
import { callerOf, sessionCookieName } from '@kumiki/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LocalRuntime } from '../runtime.ts';
import { sessionSeconds } from '../sessions/session-ring.ts';
import { readBody } from './read-body.ts';

export const sessionPath = '/v1/kumiki/session';

/** Signing in by a link that works once, and out. The gateway has checked which page a browser sends this from. */
export function addSessionRoutes(app: FastifyInstance, runtime: LocalRuntime): void {
  const { keys, sessions, signInLinks } = runtime;
  const cookieName = sessionCookieName(runtime.pepper);

  app.post('/v1/kumiki/sign_in_links', (request, reply) => {
    const { url, expiresAt } = signInLinks.make(callerOf(request).keyId, runtime.url());
    const link: SignInLink = { object: 'kumiki.sign_in_link', url, expires_at: expiresAt };
    return reply.code(201).header('cache-control', 'no-store').send(link);
  });

  app.post(sessionPath, (request, reply) => {
    const { token } = readBody(signInBodySchema, request.body);
    const keyId = signInLinks.use(token);
    const session = describeSession(runtime, keyId, null);
    const { record, secret } = sessions.open(keyId);
    const { name } = session.key;
    runtime.changes.add({ kind: 'session.created', subject: record.id, params: { name }, by: name });
    setCookie(request, reply, `${cookieName}=${secret}`, sessionSeconds);
    return reply.code(201).send({ ...session, expires_at: record.expiresAt });
  });

  app.get(sessionPath, (request, reply) => {
    const sessionId = sessionIdOf(request);
    const session = sessionId === null ? undefined : sessions.get(sessionId);
    reply.header('cache-control', 'no-store');
    return describeSession(runtime, callerOf(request).keyId, session?.expiresAt ?? null);
  });

  app.delete(sessionPath, (request, reply) => {
    const id = sessionIdOf(request);
    if (id === null) throw new KumikiError('conflict', { reason: 'An API key has no session that could be ended' });
    sessions.close(id);
    setCookie(request, reply, `${cookieName}=`, 0);
    return { object: 'kumiki.session.deleted', id, deleted: true };
  });

  function describeSession({ version, url }: LocalRuntime, keyId: string, expiresAt: number | null): Session {
    const key = keys.records().find(({ id }) => id === keyId);
    if (key === undefined) throw new KumikiError('invalid_session', { reason: 'its key was revoked' });
    const { id, name, project, roles } = key;
    return {
      object: 'kumiki.session',
      key: { id, name, project, roles },
      url: url(),
      version,
      expires_at: expiresAt ?? key.expiresAt,
    };
  }
}

/** No script can read it, no other site's page can use it. */
function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
  const [scheme] = String(request.headers['x-forwarded-proto'] ?? '').split(',');
  const secure = scheme?.trim() === 'https' ? '; Secure' : '';
  reply.header('set-cookie', `${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure}`);
  reply.header('cache-control', 'no-store');
}

/** The session whose cookie the gateway has checked; null for a key. */
function sessionIdOf(request: FastifyRequest): string | null {
  const id = request.headers[headers.session];
  return typeof id === 'string' ? id : null;
}
