import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type BackendRoute, errorEnvelope, errorTable, headers, KumikiError, toKumikiError } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { fastify, type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import type { LocalRuntime } from '../runtime.ts';
import { addKeyRoutes } from './key-routes.ts';
import { addReplicaRoutes } from './replica-routes.ts';
import { addServiceRoutes } from './service-routes.ts';

/** 256 manifests of ordinary size, with room. */
const maxBodyBytes = 4_194_304;
const requestTimeoutMs = 60_000;

export interface Control {
  readonly backend: BackendRoute;
  /** Ends the replies that would go on for ever, so that nobody who waits for open requests waits for them. */
  endFollowing(): void;
  close(): Promise<void>;
}

/**
 * The operations under `/v1/kumiki/`, on a port of this machine that only the gateway knows the token of: there the
 * caller's key was checked.
 */
export async function startControl(runtime: LocalRuntime, log: Log): Promise<Control> {
  const token = randomBytes(32).toString('base64url');
  const app = fastify({ bodyLimit: maxBodyBytes, requestTimeout: requestTimeoutMs, logger: false });
  const expected = digest(`Bearer ${token}`);
  app.addHook('onRequest', (request, _reply, done) => {
    const allowed = timingSafeEqual(digest(request.headers.authorization ?? ''), expected);
    done(allowed ? undefined : new KumikiError('invalid_api_key', { reason: 'this port is for the gateway' }));
  });
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(log, error, request, reply));
  app.setNotFoundHandler((request) => {
    throw new KumikiError('unknown_route', { method: request.method, path: request.url.split('?')[0] ?? '' });
  });
  addServiceRoutes(app, runtime);
  const followed = addReplicaRoutes(app, runtime);
  addKeyRoutes(app, runtime);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    backend: {
      prefix: '/v1/kumiki/',
      url: `http://127.0.0.1:${port}`,
      authorization: `Bearer ${token}`,
      role: 'admin',
    },
    endFollowing() {
      for (const leave of followed) leave();
    },
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** Equal lengths, so that the comparison tells nothing by its time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function sendError(log: Log, thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const error = asKumikiError(thrown);
  if (error.code === 'internal_error') log.error({ err: thrown, method: request.method, url: request.url }, 'failed');
  void reply
    .code(error.status)
    .header(headers.shouldRetry, String(errorTable[error.code].retryable))
    .send(errorEnvelope(error));
}

/** What fastify itself refuses, as rows of our table. */
function asKumikiError(thrown: FastifyError): KumikiError {
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new KumikiError('body_too_large', { limitBytes: maxBodyBytes });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new KumikiError('unsupported_media_type', { contentType: 'of this request' });
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new KumikiError('invalid_json', { reason: 'it cannot be parsed' });
    default:
      return toKumikiError(thrown);
  }
}
