import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres } from '@kumiki/postgres/testing';
import OpenAI from 'openai';
import { type ModelOptions, type Product, startProduct } from '../product/product.ts';
import { type ReplicaProcess, startReplica } from './replica-process.ts';

/** The clocks of the two replicas differ by two hours, since only the database's clock may be used. */
const clockSkewsMs = [3_600_000, -3_600_000];
/** The key of the client that all tests use, known to both gateways under one id. */
const keyId = 'key_faults';

/** Two gateways with a worker each, two replicas of the service of responses, one PostgreSQL server. */
export interface DurableFleet extends AsyncDisposable {
  readonly server: TestPostgres;
  readonly database: Database;
  /** The official SDK at each gateway. */
  readonly clients: readonly [OpenAI, OpenAI];
  /** The replica that drives a response. */
  driverOf(id: string): Promise<ReplicaProcess | null>;
  /** Kills a replica and starts another one. Resolves when the new one listens. */
  replace(replica: ReplicaProcess): Promise<void>;
}

export async function startDurableFleet(models: readonly ModelOptions[]): Promise<DurableFleet> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-replicas-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = await startPostgres();
  stack.defer(() => server.stop());
  const database = openDatabase({ url: server.url, applicationName: 'observer', maxConnections: 2 });
  stack.defer(() => database.close());
  const products = [stack.use(await startProduct(models)), stack.use(await startProduct(models))] as const;
  const token = randomBytes(16).toString('hex');
  const replicas: ReplicaProcess[] = [];
  stack.defer(async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
  });
  const serviceKeys = products.map((product) => product.addKey({ roles: ['service'] }));
  let started = 0;

  async function start(place: number): Promise<void> {
    started++;
    replicas[place] = await startReplica({
      name: `replica-${started}`,
      databaseUrl: server.url,
      gatewayUrl: `http://127.0.0.1:${products[place]?.port}`,
      serviceKey: serviceKeys[place] ?? '',
      token,
      folder,
      clockSkewMs: clockSkewsMs[place] ?? 0,
    });
    // Each gateway prefers a different replica.
    const urls = replicas.map(({ url }) => url);
    route(products[0], urls, token);
    route(products[1], urls.toReversed(), token);
  }

  await start(0);
  await start(1);
  const clients = [clientOf(products[0]), clientOf(products[1])] as const;
  const owned = stack.move();
  return {
    server,
    database,
    clients,
    async driverOf(id) {
      const { rows } = await database.query<{ lease_owner: string }>(
        'SELECT lease_owner FROM conversations.responses WHERE id = $1 AND ended_at IS NULL',
        [id],
      );
      // Each process adds a random suffix to its name.
      const owner = rows[0]?.lease_owner.replace(/-[0-9a-f]{8}$/, '');
      return replicas.find(({ name }) => name === owner) ?? null;
    },
    async replace(replica) {
      const place = replicas.indexOf(replica);
      await replica.kill();
      await start(place);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function route(product: Product, urls: readonly string[], token: string): void {
  const authorization = `Bearer ${token}`;
  product.setBackends([{ prefix: '/v1/responses', urls, authorization, role: 'inference' }]);
}

function clientOf(product: Product): OpenAI {
  const apiKey = product.addKey({ id: keyId });
  return new OpenAI({ baseURL: product.baseUrl, apiKey, maxRetries: 0 });
}
