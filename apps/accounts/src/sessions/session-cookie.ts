import { sessionCookieName } from '@kumiki/seal';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ShownAddress } from '../ports/surroundings.ts';
import { sessionSeconds } from './session-ring.ts';

/** The cookie of a browser's session. Scripts cannot read it, and pages of other sites cannot use it. */
export interface SessionCookie {
  set(request: FastifyRequest, reply: FastifyReply, secret: string): void;
  clear(request: FastifyRequest, reply: FastifyReply): void;
}

export function createSessionCookie(pepper: Uint8Array, address: () => ShownAddress): SessionCookie {
  const name = sessionCookieName(pepper);
  const send = (request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void => {
    const secure = isBehindTls(request) || address().shown.startsWith('https:') ? '; Secure' : '';
    reply.header('set-cookie', `${name}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure}`);
    reply.header('cache-control', 'no-store');
  };
  return {
    set: (request, reply, secret) => send(request, reply, secret, sessionSeconds),
    clear: (request, reply) => send(request, reply, '', 0),
  };
}

/** From the proxy's header. A client that forges it gets a cookie that its own browser does not send over HTTP. */
function isBehindTls(request: FastifyRequest): boolean {
  const [scheme] = String(request.headers['x-forwarded-proto'] ?? '').split(',');
  return scheme?.trim() === 'https';
}
