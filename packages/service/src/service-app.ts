import type { AddressInfo } from 'node:net';
import {
  headers,
  KumikiError,
  type PathOwner,
  type ProjectLimits,
  readProjectLimits,
  readProjectName,
} from '@kumiki/api';
import { createBearerCheck } from '@kumiki/seal';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkNames } from './check-names.ts';
import { sendErrorReply } from './error-reply.ts';
import { readJson } from './json/read-json.ts';
import { requireAllRows, requireRows } from './listed-routes.ts';
import type { Log } from './log.ts';

const maxParamLength = 512;

export interface ServiceAppOptions {
  /** Whose rows of the table of paths its routes are: each has the limits of its row. */
  readonly owner: PathOwner;
  /** What the gateway proves itself with. */
  readonly token: string;
  readonly log: Log;
  /** A request must have arrived whole within this time. */
  readonly requestTimeoutMs: number;
}

/**
 * The HTTP side of a service behind the gateway. The gateway has checked the caller's key; here only its own token is.
 * Whatever a route throws becomes an error envelope.
 * @returns the app in an object: an app by itself is a promise of its own start, which nobody awaits here.
 */
export async function createServiceApp(options: ServiceAppOptions): Promise<{ app: FastifyInstance }> {
  // Loaded here: processes that serve nothing in this way, or have workers to start first, need not wait for it.
  const { fastify } = await import('fastify');
  type Failure = Parameters<typeof sendErrorReply>[1];
  const answerFailure = (error: Failure, request: FastifyRequest, reply: FastifyReply): void =>
    sendErrorReply(options, error, request, reply);
  const app = fastify({
    requestTimeout: options.requestTimeoutMs,
    routerOptions: { maxParamLength },
    logger: false,
    // What the router refuses before it knows a route.
    frameworkErrors: answerFailure,
    forceCloseConnections: true,
  });
  requireRows(app, options.owner);
  readBodies(app);
  const isGateway = createBearerCheck(options.token);
  app.addHook('onRequest', (request, _reply, done) => {
    if (!isGateway(request.headers.authorization)) {
      done(new KumikiError('invalid_api_key', { reason: 'this port is for the gateway' }));
    } else if (request.is404) {
      // Before its body is read: what is not there takes none.
      const path = request.url.split('?')[0] ?? '';
      done(new KumikiError('unknown_route', { method: request.method, path }));
    } else done();
  });
  app.addHook('preValidation', checkNames);
  app.setErrorHandler(answerFailure);
  return { app };
}

/** Bodies of JSON, and none. An empty one is none whatever its type says: SDKs name the type of what they do not send. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const jsonType = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;
  app.addContentTypeParser(jsonType, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    try {
      done(null, body.length === 0 ? undefined : readJson(body, request.routeOptions.config.maxValues ?? 0));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** On whose behalf a request comes. */
export interface Caller {
  /** Id of the API key, never the key. */
  readonly keyId: string;
  /** Whose data may be reached: every query is fenced by it. */
  readonly project: string;
  /** What that project may have. */
  readonly limits: ProjectLimits;
  readonly requestId: string;
  /** The W3C trace context: what is asked of others for this request goes on in its trace. */
  readonly traceparent: string | null;
  /** Whether the request gives way to all others; so does what is asked of models for it. */
  readonly lowPriority: boolean;
}

/** The caller as the gateway names it. Throws when it names none: without a project nothing may be read. */
export function callerOf(request: FastifyRequest): Caller {
  const keyId = one(request, headers.key);
  const project = readProjectName(one(request, headers.project));
  if (keyId === '' || project === '') {
    throw new KumikiError('invalid_api_key', { reason: 'the gateway has named no caller' });
  }
  return {
    keyId,
    project,
    limits: readProjectLimits(one(request, headers.projectLimits) || undefined),
    requestId: one(request, headers.requestId),
    traceparent: one(request, 'traceparent') || null,
    lowPriority: one(request, headers.priority) === 'low',
  };
}

function one(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Starts to listen; 0 takes any free port. Returns the port. Throws when it lacks a route that the table gives it. */
export async function listenApp(app: FastifyInstance, host: string, port: number): Promise<number> {
  requireAllRows(app);
  await app.listen({ host, port });
  return (app.server.address() as AddressInfo).port;
}

/** Takes no more connections; resolves when the last has ended or the time is over. */
export function drainApp({ server }: FastifyInstance, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
