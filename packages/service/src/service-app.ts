import type { AddressInfo } from 'node:net';
import type { PathOwner } from '@kumiki/api';
import { KumikiError } from '@kumiki/api/errors';
import { headers } from '@kumiki/api/headers';
import { type ProjectLimits, readProjectLimits } from '@kumiki/api/project-limits';
import { readProjectName } from '@kumiki/api/project-name';
import { createBearerCheck } from '@kumiki/seal';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkNames } from './check-names.ts';
import { sendErrorReply } from './error-reply.ts';
import { readJson } from './json/read-json.ts';
import type { Log } from './log.ts';

const maxParamLength = 512;

/**
 * Bodies are checked by the schemas of packages/api. Fastify's own compilers of schemas would be loaded at every start, which takes
 * half of the time and memory of a load of Fastify.
 */
const noCompilers = { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } };

function refuseSchema(): never {
  throw new Error('A route has a schema of Fastify; contracts are in packages/api.');
}

export interface ServiceAppOptions {
  /** The owner of its rows in the table of paths, which set the limits of its routes. */
  readonly owner: PathOwner;
  /** The token that the gateway authenticates itself with. */
  readonly token: string;
  readonly log: Log;
  /** A request must arrive completely within this time. */
  readonly requestTimeoutMs: number;
}

/**
 * The HTTP server of a service behind the gateway. The gateway has authenticated the caller; here only the gateway's
 * token is checked. Anything that a route throws becomes an error envelope.
 * @returns the app inside an object, since a fastify app is thenable and would be awaited.
 */
export async function createServiceApp(options: ServiceAppOptions): Promise<{ app: FastifyInstance }> {
  // Imported lazily: processes that do not need fastify and the table of all paths with its schemas, or that start workers first,
  // do not load them.
  const [{ fastify }, { requireRows }] = await Promise.all([import('fastify'), import('./listed-routes.ts')]);
  type Failure = Parameters<typeof sendErrorReply>[1];
  const answerFailure = (error: Failure, request: FastifyRequest, reply: FastifyReply): void =>
    sendErrorReply(options, error, request, reply);
  const app = fastify({
    requestTimeout: options.requestTimeoutMs,
    routerOptions: { maxParamLength },
    logger: false,
    schemaController: noCompilers,
    // Errors of the router before a route is matched.
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
      // An unknown route is refused before its body is read.
      const path = request.url.split('?')[0] ?? '';
      done(new KumikiError('unknown_route', { method: request.method, path }));
    } else done();
  });
  app.addHook('preValidation', checkNames);
  app.setErrorHandler(answerFailure);
  return { app };
}

/** Bytes from which the reading of a body and the work of its route are two turns of the event loop: each takes tens of milliseconds. */
const largeBodyBytes = 524_288;

/** Accepts JSON bodies and no body. An empty body counts as none, since SDKs send a content type without a body. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const jsonType = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;
  app.addContentTypeParser(jsonType, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    let value: unknown;
    try {
      value = body.length === 0 ? undefined : readJson(body, request.routeOptions.config.maxValues ?? 0);
    } catch (error) {
      return done(error as Error);
    }
    if (body.length < largeBodyBytes) done(null, value);
    else setImmediate(done, null, value);
  });
}

/** The caller of a request. */
export interface Caller {
  /** Id of the API key, never the key. */
  readonly keyId: string;
  /** Project whose data may be accessed: every query is restricted to it. */
  readonly project: string;
  /** The limits of that project. */
  readonly limits: ProjectLimits;
  readonly requestId: string;
  /** The W3C trace context, which calls for this request continue. */
  readonly traceparent: string | null;
  /** Whether the request has low priority, which its model calls inherit. */
  readonly lowPriority: boolean;
}

/** The caller from the gateway's headers. Throws without one, since nothing may be read without a project. */
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

/** Starts to listen; 0 takes any free port. Returns the port. Throws when it lacks a route of the table. */
export async function listenApp(app: FastifyInstance, host: string, port: number): Promise<number> {
  const { requireAllRows } = await import('./listed-routes.ts');
  requireAllRows(app);
  await app.listen({ host, port });
  return (app.server.address() as AddressInfo).port;
}

/** Accepts no more connections; resolves when the last has ended or after the limit. */
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
