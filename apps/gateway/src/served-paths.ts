import { type BackendRoute, didYouMean, gatewayPaths, KumikiError } from '@kumiki/api';
import type { RecordedContext, RequestContext } from './http/request-context.ts';
import { sendJson } from './http/send-error.ts';
import { describeKey, type KeyFacts } from './keys/describe-key.ts';
import type { Caller } from './keys/identify-caller.ts';
import type { Admission } from './limits/key-limiter.ts';
import type { ModelPath } from './model/exchange.ts';
import { listModels, retrieveModel } from './model/list-models.ts';
import type { Backend } from './routing/backends.ts';
import type { RouteIndex } from './routing/route-index.ts';

/** Characters of an unknown path that a refusal repeats. */
const shownCharacters = 256;

/** Serves a request that has been admitted. May throw at once. */
type Serve = (context: RequestContext, caller: Caller, admission: Admission) => Promise<void> | void;

interface Shared {
  /** The methods that it accepts; null for all. */
  readonly methods: readonly string[] | null;
  /** A `gateway` path is answered by the gateway itself. */
  readonly kind: 'model' | 'gateway' | 'service';
  /** Name of the service that answers; null when the snapshot does not name it, and for the gateway's own paths. */
  readonly service: string | null;
}

/** One row of what the gateway serves: who may call it, and what answers. */
export type ServedPath =
  | (Shared & { readonly role: null; readonly serve: (context: RequestContext) => Promise<void> })
  | (Shared & { readonly role: NonNullable<BackendRoute['role']>; readonly serve: Serve });

/** All rows of one path, or of everything at and below one prefix. They differ in their methods. */
export interface ServedGroup {
  /** Whole path segments; empty for all that is not under `/v1`. */
  readonly prefix: string;
  /** The path as a metric label: a client cannot make new ones. */
  readonly label: string;
  /** Whether the gateway itself answers it, and no service. */
  readonly own: boolean;
  /** Whether a replica of its service is known. */
  readonly answers: boolean;
  readonly served: readonly ServedPath[];
}

export interface Servers extends KeyFacts {
  readonly routes: RouteIndex;
  readonly serveModel: (
    context: RecordedContext,
    path: ModelPath,
    caller: Caller,
    admission: Admission,
  ) => Promise<void>;
  readonly forward: (context: RequestContext, backend: Backend, caller: Caller | null) => Promise<void>;
}

export interface ServedPaths {
  /** The group that covers a path; null where nothing is served. */
  find(path: string): ServedGroup | null;
  /**
   * The row of a request. Throws `unknown_route`, and `method_not_allowed` for paths of services: a client that probes
   * for another dialect must get these before any error about its key. On the gateway's own paths any method finds its
   * row; there the method is checked after the key.
   */
  require(group: ServedGroup | null, method: string, path: string): ServedPath;
  /** The refusal of a request without a row: `unknown_route` without a group, else `method_not_allowed`. */
  refuse(group: ServedGroup | null, method: string, path: string): KumikiError;
}

type OwnPattern = (typeof gatewayPaths)[number]['pattern'];

interface OwnServing {
  readonly kind: 'model' | 'gateway';
  readonly serve: Serve;
}

/** What serves each path that the table of paths assigns to the gateway. A new path is added there first, then here. */
function ownServing({ routes, serveModel, ...facts }: Servers): Readonly<Record<OwnPattern, OwnServing>> {
  const model = (path: ModelPath): OwnServing => ({
    kind: 'model',
    serve: (context, caller, admission) => serveModel(context as RecordedContext, path, caller, admission),
  });
  return {
    '/v1/chat/completions': model('/v1/chat/completions'),
    '/v1/completions': model('/v1/completions'),
    '/v1/embeddings': model('/v1/embeddings'),
    '/v1/models': {
      kind: 'gateway',
      serve: ({ response }, { key }) => sendJson(response, 200, listModels(routes, key)),
    },
    '/v1/models/*': {
      kind: 'gateway',
      serve: ({ response, path }, { key }) =>
        sendJson(response, 200, retrieveModel(routes, key, decodeName(path.slice('/v1/models/'.length)))),
    },
    '/v1/kumiki/me': {
      kind: 'gateway',
      serve: ({ response }, { key }) => sendJson(response, 200, describeKey(facts, key)),
    },
  };
}

/** Model names may hold slashes; SDKs escape them. A broken escape is kept unchanged. */
function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The gateway's own groups: method and role are those of the table of paths. */
function ownGroups(servers: Servers): readonly (ServedGroup & { readonly pattern: OwnPattern })[] {
  const serving = ownServing(servers);
  return [...Map.groupBy(gatewayPaths, ({ pattern }) => pattern)].map(([pattern, rows]) => {
    const { kind, serve } = serving[pattern];
    const prefix = pattern.replace(/\/\*$/, '');
    const served = rows.map(({ method, role }): ServedPath => {
      if (role === null) throw new TypeError(`${pattern} is served to keys only`);
      return { methods: [method], kind, service: null, role, serve };
    });
    return { pattern, prefix, label: prefix, own: true, answers: true, served };
  });
}

/** The groups of the services of a snapshot, the longest prefix first. */
function serviceGroups(backends: readonly Backend[], forward: Servers['forward']): readonly ServedGroup[] {
  return [...Map.groupBy(backends, ({ route }) => route.prefix)].map(([prefix, rows]) => ({
    prefix,
    label: prefix || '/',
    own: false,
    answers: rows.some(({ replicas }) => replicas.length > 0),
    served: rows.map((backend) => servedBy(backend, forward)),
  }));
}

function servedBy(backend: Backend, forward: Servers['forward']): ServedPath {
  const { methods = null, service = null, role } = backend.route;
  const shared = { methods, service, kind: 'service' } as const;
  if (role === null) return { ...shared, role, serve: (context) => forward(context, backend, null) };
  return { ...shared, role, serve: (context, caller) => forward(context, backend, caller) };
}

/** Everything that the gateway serves: its own paths from the table of paths, those of services from the snapshot. */
export function createServedPaths(servers: Servers): ServedPaths {
  const { routes, forward } = servers;
  const own = ownGroups(servers);
  const exact = new Map(own.map((group) => [group.pattern as string, group]));
  const below = own.filter(({ pattern }) => pattern.endsWith('/*'));
  let backends: readonly Backend[] = [];
  let services: readonly ServedGroup[] = [];

  /** The groups of the snapshot that is in force. They are rebuilt for each snapshot. */
  function servicesNow(): readonly ServedGroup[] {
    if (backends !== routes.backends()) {
      backends = routes.backends();
      services = serviceGroups(backends, forward);
    }
    return services;
  }
  function hintFor(path: string): string {
    const known = new Set([...own, ...servicesNow()].map(({ prefix }) => prefix));
    known.delete('');
    return didYouMean(path, known);
  }
  function refuse(group: ServedGroup | null, method: string, path: string): KumikiError {
    const shown = path.slice(0, shownCharacters);
    const hint = group?.own === true ? '' : hintFor(path);
    if (group === null) return new KumikiError('unknown_route', { method, path: shown, hint });
    const allowed = group.served.flatMap(({ methods }) => methods ?? []).join(' or ');
    return new KumikiError('method_not_allowed', { method, path: shown, allowed, hint });
  }

  return {
    find(path) {
      const found = exact.get(path) ?? findCovering(below, path) ?? findCovering(servicesNow(), path);
      if (found?.answers === true) return found;
      // A service that has just started may be in a snapshot that has not been read yet.
      routes.readNewer();
      return findCovering(servicesNow(), path);
    },
    require(group, method, path) {
      const served = group === null ? undefined : (withMethod(group.served, method) ?? firstOwn(group));
      if (served === undefined) throw refuse(group, method, path);
      return served;
    },
    refuse,
  };
}

function firstOwn({ own, served }: ServedGroup): ServedPath | undefined {
  return own ? served[0] : undefined;
}

export function takesMethod({ methods }: ServedPath, method: string): boolean {
  return methods === null || methods.includes(method);
}

/** The row for a method: one that names it is preferred to one that accepts all. */
function withMethod(served: readonly ServedPath[], method: string): ServedPath | undefined {
  let any: ServedPath | undefined;
  for (const one of served) {
    if (one.methods === null) any ??= one;
    else if (one.methods.includes(method)) return one;
  }
  return any;
}

/** The first group that covers a path by whole segments: `/v1/files` is no part of `/v1/filesystem`. */
function findCovering(groups: readonly ServedGroup[], path: string): ServedGroup | null {
  for (const group of groups) {
    const { prefix } = group;
    if (!path.startsWith(prefix) || (path.length > prefix.length && path[prefix.length] !== '/')) continue;
    // The service with the empty prefix does not answer paths under /v1.
    return prefix === '' && isApiPath(path) ? null : group;
  }
  return null;
}

function isApiPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/');
}
