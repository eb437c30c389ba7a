import {
  type BrowserSession,
  type BrowserSessionList,
  type EndedSessions,
  endSessionsQuerySchema,
  KumikiError,
  sessionQuerySchema,
} from '@kumiki/api';
import { readBody, sessionIdOf, whoAsks } from '@kumiki/control';
import { callerOf } from '@kumiki/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asksAsAdmin } from '../keys/asks-as-admin.ts';
import type { Surroundings } from '../ports/surroundings.ts';
import { createChangeThrottle } from './change-throttle.ts';
import { createSessionCookie } from './session-cookie.ts';
import type { StoredSession } from './session-ring.ts';
import type { SignIn } from './session-routes.ts';

const sessionsPath = '/v1/kumiki/sessions';

/** Routes of signed-in browsers: every key sees its own sessions, admins those of all keys. */
export function addSessionListRoutes(app: FastifyInstance, signIn: SignIn, surroundings: Surroundings): void {
  const { sessions, keys } = signIn;
  const cookie = createSessionCookie(signIn.pepper, surroundings.address);
  const mayLog = createChangeThrottle(Date.now);

  /** The key that the query names, or null. A key that the caller may not see is treated as unknown. */
  const keyMeant = (request: FastifyRequest, keyId: string | undefined): string | null => {
    if (keyId === undefined) return null;
    const seen = keyId === callerOf(request).keyId || asksAsAdmin(keys, request);
    if (seen && keys.records().some(({ id }) => id === keyId)) return keyId;
    throw new KumikiError('not_found', { what: 'key', id: keyId });
  };

  const logEnd = (request: FastifyRequest, keyId: string, count: number): void => {
    if (count === 0 || !mayLog(`${callerOf(request).keyId} ${keyId}`)) return;
    const name = keys.nameOf(keyId) ?? keyId;
    surroundings.tell({
      kind: 'session.ended',
      subject: keyId,
      params: { name, count },
      by: whoAsks(keys, request),
    });
  };

  app.get(sessionsPath, async (request, reply): Promise<BrowserSessionList> => {
    const query = readBody(sessionQuerySchema, request.query);
    const own = asksAsAdmin(keys, request) ? null : callerOf(request).keyId;
    const keyId = keyMeant(request, query.key_id) ?? own;
    reply.header('cache-control', 'no-store');
    const { usedAt, missing } = await surroundings.sessionsLastUsed();
    const names = new Map(keys.records().map(({ id, name }) => [id, name]));
    const data = sessions
      .list()
      .filter((session) => keyId === null || session.keyId === keyId)
      .map((session): BrowserSession => ({
        object: 'kumiki.browser_session',
        id: session.id,
        key: { id: session.keyId, name: names.get(session.keyId) ?? session.keyId },
        created_at: session.createdAt,
        expires_at: session.expiresAt,
        last_used_at: usedAt.get(session.id) ?? null,
        user_agent: session.userAgent,
        current: session.id === sessionIdOf(request),
      }));
    return { object: 'list', data: data.toReversed(), missing_gateways: missing };
  });

  app.delete<{ Params: { readonly id: string } }>(`${sessionsPath}/:id`, async (request, reply) => {
    const { id } = request.params;
    const session = sessions.get(id);
    const seen = session?.keyId === callerOf(request).keyId || asksAsAdmin(keys, request);
    if (session === undefined || !seen) throw new KumikiError('not_found', { what: 'session', id });
    logEnd(request, session.keyId, await sessions.end((one) => one.id === id));
    if (id === sessionIdOf(request)) cookie.clear(request, reply);
    return { object: 'kumiki.session.deleted', id, deleted: true };
  });

  app.delete(sessionsPath, async (request, reply): Promise<EndedSessions> => {
    const query = readBody(endSessionsQuerySchema, request.query);
    const keyId = keyMeant(request, query.key_id) ?? callerOf(request).keyId;
    const current = sessionIdOf(request);
    const stays = (session: StoredSession): boolean => query.keep_current === 'true' && session.id === current;
    const deleted = await sessions.end((session) => session.keyId === keyId && !stays(session));
    logEnd(request, keyId, deleted);
    if (current !== null && sessions.get(current) === undefined) cookie.clear(request, reply);
    return { object: 'kumiki.sessions.deleted', deleted };
  });
}
