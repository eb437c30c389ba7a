import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import {
  makeApiKey,
  type BackendRoute,
  type Endpoint,
  type KeyLimits,
  type KeyRecord,
  type ModelRoute,
  type RouteTable,
  type SessionRecord,
} from '@kumiki/api';
import { createSecretHash, sessionCookieName } from '@kumiki/seal';
import { createLog } from '@kumiki/service';
import type { ResolveHost } from '../egress/resolve-host.ts';
import type { BackendWaits } from '../services/choose-wait.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../start-gateway.ts';

export interface TestGateway {
  readonly gateway: Gateway;
  readonly origin: string;
  readonly apiKey: string;
  /** A key of a service of the installation. */
  readonly serviceKey: string;
  route(endpoints: readonly Endpoint[], change?: Partial<ModelRoute>): void;
  /** The route table that `route` applies, for tests that change it before they apply it. */
  table(endpoints: readonly Endpoint[]): RouteTable;
  /** Puts `/v1/files` behind services at these URLs. */
  routeBackend(...urls: string[]): void;
  routeBackends(backends: readonly BackendRoute[]): void;
  /** Opens a session for the key `key_test`. Returns its cookie, name and value. */
  signIn(change?: Partial<SessionRecord>): string;
  /** Ends every session. */
  signOut(): void;
  /** Revokes the key. */
  revokeKey(): void;
  /** Sends a request with the key, by default to `/v1/chat/completions`. */
  chat(body: unknown, init?: RequestInit & { path?: string }): Promise<Response>;
}

const deadlines = { connectMs: 1_000, headersMs: 1_500, firstTokenMs: 5_000, betweenTokensMs: 600, totalMs: 20_000 };

/** Unix seconds, in another century. */
const farAway = 9_999_999_999;

const noLimits: KeyLimits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };
const record: Omit<KeyRecord, 'id' | 'hash'> = {
  name: 'test',
  project: 'default',
  roles: ['inference'],
  models: null,
  limits: noLimits,
  expiresAt: null,
};

interface TestGatewayChange {
  readonly limits?: Partial<KeyLimits>;
  readonly route?: Partial<ModelRoute>;
  readonly requestTimeoutMs?: number;
  readonly resolve?: ResolveHost;
  readonly backendWaits?: Partial<BackendWaits>;
  readonly edge?: Pick<
    GatewayOptions,
    'trustedProxies' | 'bodyMemoryBytes' | 'connections' | 'tls' | 'opsPort' | 'zone'
  >;
}

/** The routes of one model `m`. */
function table(endpoints: readonly Endpoint[], change: Partial<ModelRoute> = {}): RouteTable {
  const named = { model: 'm', aliases: ['alias'], task: 'chat', service: 'm', created: 1 } as const;
  return { models: [{ ...named, deadlines, endpoints, ...change }], backends: [] };
}

/** A gateway on a free port with one key and one model `m`, closed when the test ends. */
export async function startTestGateway(
  context: TestContext,
  endpoints: readonly Endpoint[],
  change: TestGatewayChange = {},
): Promise<TestGateway> {
  const pepper = randomBytes(32);
  const hashOf = createSecretHash(pepper);
  const [apiKey, serviceKey] = [makeApiKey(randomBytes), makeApiKey(randomBytes)];
  const keys: KeyRecord[] = [
    { ...record, id: 'key_test', hash: hashOf(apiKey), limits: { ...noLimits, ...change.limits } },
    { ...record, id: 'key_service', hash: hashOf(serviceKey), roles: ['service'] },
    { ...record, id: 'key_expired', hash: hashOf(makeApiKey(randomBytes)), expiresAt: 1 },
    { ...record, id: 'key_others', hash: hashOf(makeApiKey(randomBytes)), models: ['other'] },
  ];
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    pepper,
    log: createLog({ service: 'gateway', level: 'silent' }),
    ...(change.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: change.requestTimeoutMs }),
    ...(change.resolve === undefined ? {} : { resolve: change.resolve }),
    ...(change.backendWaits === undefined ? {} : { backendWaits: change.backendWaits }),
    ...change.edge,
    routes: table(endpoints, change.route),
    keys,
  });
  context.after(() => gateway.close());
  const origin = `http://127.0.0.1:${gateway.port}`;
  const replaceBackends = (backends: readonly BackendRoute[]) =>
    gateway.replaceRoutes({ ...table(endpoints, change.route), backends });
  return {
    gateway,
    origin,
    apiKey,
    serviceKey,
    table,
    route: (list, routeChange) => gateway.replaceRoutes(table(list, routeChange)),
    routeBackend(...urls) {
      const backend: BackendRoute = { prefix: '/v1/files', urls, authorization: 'Bearer token', role: 'inference' };
      replaceBackends([backend]);
    },
    routeBackends: replaceBackends,
    signIn(session) {
      const { record, cookie } = openSession(pepper);
      gateway.replaceSessions([{ ...record, ...session }]);
      return cookie;
    },
    revokeKey: () => gateway.replaceKeys(keys.filter(({ id }) => id !== 'key_test')),
    signOut: () => gateway.replaceSessions([]),
    chat: (body, init = {}) =>
      fetch(origin + (init.path ?? '/v1/chat/completions'), {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
  };
}

function openSession(pepper: Buffer): { record: SessionRecord; cookie: string } {
  const secret = randomBytes(32).toString('base64url');
  const hash = createSecretHash(pepper)(secret);
  return {
    record: { id: 'session_1', hash, keyId: 'key_test', createdAt: 1, expiresAt: farAway },
    cookie: `${sessionCookieName(pepper)}=${secret}`,
  };
}
