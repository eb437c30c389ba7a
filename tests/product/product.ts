import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BackendRoute,
  type Deadlines,
  type EgressEntry,
  type KeyRecord,
  type ModelRoute,
  type Role,
  type RouteTable,
  makeApiKey,
} from '@kumiki/api';
import { type Gateway, type GatewayOptions, startGateway } from '@kumiki/gateway';
import { createSecretHash } from '@kumiki/seal';
import { createLog } from '@kumiki/service';
import { type WorkerOptions, type WorkerProcess, startWorker } from './worker-process.ts';

/** As in the local runtime: a worker sends a comment every second while its engine makes progress. */
const deadlines: Deadlines = {
  connectMs: 1_000,
  headersMs: 10_000,
  firstTokenMs: 120_000,
  betweenTokensMs: 3_500,
  totalMs: 300_000,
};

export interface ModelOptions extends WorkerOptions {
  readonly replicas: number;
  readonly aliases?: readonly string[];
}

/**
 * A gateway in this process with workers as child processes, connected as in the product: a worker that dies is
 * restarted and replaced in the routes.
 */
export interface Product extends AsyncDisposable {
  /** Origin with `/v1`, as SDKs expect. */
  readonly baseUrl: string;
  readonly port: number;
  readonly apiKey: string;
  readonly gateway: Gateway;
  /** The running workers. */
  workers(): readonly WorkerProcess[];
  addKey(
    options?: Partial<Pick<KeyRecord, 'id' | 'models' | 'paths' | 'limits' | 'expiresAt' | 'roles' | 'project'>>,
  ): string;
  /** Revokes the keys with this id. */
  revokeKey(id: string): void;
  /** Sets the services behind the same URL, replacing the previous ones. */
  setBackends(backends: readonly BackendRoute[]): void;
  /** Adds models of outside servers. */
  addOutside(...routes: readonly ModelRoute[]): void;
  /** The gateway's metrics in the text format of Prometheus. */
  metrics(): Promise<string>;
  gatewayLog(): string;
}

export async function startProduct(
  models: readonly ModelOptions[],
  timeouts: Pick<GatewayOptions, 'headersTimeoutMs' | 'requestTimeoutMs'> = {},
): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-test-'));
  const logFile = join(folder, 'gateway.log');
  const pepper = randomBytes(32);
  const keys: KeyRecord[] = [];
  const addRecord = (options: Partial<KeyRecord> = {}): string => {
    const key = makeApiKey(randomBytes);
    keys.push(keyRecord(key, pepper, options));
    return key;
  };
  const apiKey = addRecord();
  const fleets = await Promise.all(models.map(startFleet));
  let backends: readonly BackendRoute[] = [];
  const outside: ModelRoute[] = [];
  const routes = (): RouteTable => ({
    models: [...fleets.map((fleet) => fleet.route()), ...outside],
    backends,
    egress: { mode: 'public', allow: outside.flatMap(listed), own: [] },
  });
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    opsPort: 0,
    ...timeouts,
    pepper,
    routes: routes(),
    keys,
    log: createLog({ service: 'gateway', level: 'info', to: logFile }),
  });
  for (const fleet of fleets) fleet.onChange(() => gateway.replaceRoutes(routes()));
  return {
    baseUrl: `http://127.0.0.1:${gateway.port}/v1`,
    port: gateway.port,
    apiKey,
    gateway,
    workers: () => fleets.flatMap((fleet) => fleet.workers()),
    addKey(options) {
      const key = addRecord(options);
      gateway.replaceKeys(keys);
      return key;
    },
    revokeKey(id) {
      gateway.replaceKeys(keys.filter((key) => key.id !== id));
    },
    setBackends(replaced) {
      backends = replaced;
      gateway.replaceRoutes(routes());
    },
    addOutside(...added) {
      outside.push(...added);
      gateway.replaceRoutes(routes());
    },
    metrics: () => readMetrics(gateway),
    gatewayLog: () => readFileSync(logFile, 'utf8'),
    async [Symbol.asyncDispose]() {
      for (const fleet of fleets) await fleet.stop();
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The egress entries of a route's servers. */
function listed({ endpoints }: ModelRoute): EgressEntry[] {
  return endpoints.map(({ url }) => ({ rule: new URL(url).host, by: 'operator' }));
}

async function readMetrics({ opsPort }: Gateway): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${opsPort}/metrics`);
  return response.text();
}

interface Fleet {
  workers(): readonly WorkerProcess[];
  route(): ModelRoute;
  onChange(callback: () => void): void;
  stop(): Promise<void>;
}

/** The replicas of one model, which are restarted when they end. */
async function startFleet(options: ModelOptions): Promise<Fleet> {
  let stopping = false;
  let changed = (): void => {};
  const workers = new Set<WorkerProcess>();
  const starting = new Set<Promise<void>>();

  const add = async (): Promise<void> => {
    const worker = await startWorker(options);
    if (stopping) return worker.stop();
    workers.add(worker);
    worker.onExit(() => {
      workers.delete(worker);
      changed();
      if (!stopping) replace();
    });
    changed();
  };
  const replace = (): void => {
    const start = add().finally(() => starting.delete(start));
    starting.add(start);
  };
  await Promise.all(Array.from({ length: options.replicas }, add));
  return {
    workers: () => [...workers],
    route: () => ({
      model: options.model,
      aliases: options.aliases ?? [],
      task: options.task,
      service: options.model,
      created: 1_760_000_000,
      deadlines,
      endpoints: [...workers].map(({ endpoint }) => endpoint),
    }),
    onChange(callback) {
      changed = callback;
    },
    async stop() {
      stopping = true;
      await Promise.allSettled(starting);
      await Promise.all([...workers].map((worker) => worker.stop()));
    },
  };
}

function keyRecord(key: string, pepper: Buffer, options: Partial<KeyRecord>): KeyRecord {
  const roles: readonly Role[] = ['inference'];
  return {
    id: `key_${randomBytes(6).toString('hex')}`,
    name: 'test',
    project: 'test',
    hash: createSecretHash(pepper)(key),
    roles,
    models: null,
    limits: { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null },
    expiresAt: null,
    ...options,
  };
}

function demoFile(path: string): string {
  return fileURLToPath(new URL(`../../models/demo/${path}`, import.meta.url));
}

/** The shipped chat model on one thread, as the local runtime starts it. */
export const demoChat: ModelOptions = {
  model: 'demo-chat',
  source: demoFile('chat/kumiki-demo-chat.gguf'),
  task: 'chat',
  engine: { kind: 'llama', threads: 1 },
  replicas: 1,
};

export const demoEmbedding: ModelOptions = {
  model: 'demo-embedding',
  source: demoFile('embedding/kumiki-demo-embedding.gguf'),
  task: 'embedding',
  engine: { kind: 'llama', threads: 1 },
  replicas: 1,
};
