import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import multipart from '@fastify/multipart';
import { type Database, migrate } from '@kumiki/postgres';
import { createServiceApp, type DataServiceParts, drainApp, listenApp, type RunningDataService } from '@kumiki/service';
import { createEmbedder } from './embedding/embedder.ts';
import { createRevisions } from './embedding/revisions.ts';
import { addFileRoutes } from './files/file-routes.ts';
import { createModelContexts } from './ingest/model-contexts.ts';
import { startIngest } from './ingest/start-ingest.ts';
import { createDatabaseObjects } from './objects/database-objects.ts';
import { createFolderObjects } from './objects/folder-objects.ts';
import { createMetrics } from './observe/metrics.ts';
import { addUsageRoute } from './quota/usage-route.ts';
import { createReader } from './reading/create-reader.ts';
import { addSearchRoute } from './retrieval/search-route.ts';
import { addBatchRoutes } from './stores/batch-routes.ts';
import { addStoreFileRoutes } from './stores/store-file-routes.ts';
import { addStoreRoutes } from './stores/store-routes.ts';
import { startSweeper } from './sweep/start-sweeper.ts';

/** Time for a file of 512 MiB over a slow connection. */
const requestTimeoutMs = 3_600_000;
export const defaultIngestConcurrency = 2;
export const defaultLeaseMs = 30_000;
const pollMs = 2_000;
const defaultSweepEveryMs = 60_000;

export interface SearchOptions extends DataServiceParts<Database> {
  /** Folder for the bytes of files; null stores them in the database, which all replicas can access. */
  readonly objectsFolder: string | null;
  /** Default embedding model of stores; the first of `/v1/models` when absent. */
  readonly embeddingModel?: string | null;
  /** Most files that this replica ingests concurrently. */
  readonly ingestConcurrency?: number;
  /** Length of ingest leases, after which another replica takes over. */
  readonly leaseMs?: number;
  readonly sweepEveryMs?: number;
}

export type Search = RunningDataService;

/** Starts files, vector stores and search. Rejects when the database cannot be migrated. */
export async function startSearch(options: SearchOptions): Promise<Search> {
  const { database, gateway, log } = options;
  await migrate(database, 'search', fileURLToPath(new URL('../migrations', import.meta.url)));
  const { objectsFolder } = options;
  const objects = objectsFolder === null ? createDatabaseObjects(database) : createFolderObjects(objectsFolder);
  const embedder = createEmbedder(gateway, options.embeddingModel ?? null);
  const revisions = createRevisions(database, embedder);
  const metrics = createMetrics();
  const { app } = await createServiceApp({ owner: 'search', token: options.token, log, requestTimeoutMs });
  await app.register(multipart);
  addFileRoutes(app, { database, objects });
  addStoreRoutes(app, database);
  addStoreFileRoutes(app, database);
  addBatchRoutes(app, database);
  addUsageRoute(app, database);
  addSearchRoute(app, { database, revisions, onSearch: metrics.searched });
  const reader = createReader();
  const port = await listenApp(app, options.host, options.port);
  const ingest = startIngest({
    database,
    objects,
    reader,
    embedder,
    revisions,
    contexts: createModelContexts(),
    log,
    concurrency: options.ingestConcurrency ?? defaultIngestConcurrency,
    owner: `search-${randomBytes(8).toString('hex')}`,
    leaseMs: options.leaseMs ?? defaultLeaseMs,
    pollMs,
    onOutcome: metrics.ingested,
  });
  const sweeper = startSweeper({
    database,
    objects,
    revisions,
    log,
    everyMs: options.sweepEveryMs ?? defaultSweepEveryMs,
  });
  return {
    port,
    metrics: metrics.registry,
    async drain(limitMs) {
      await Promise.all([ingest.stop(), drainApp(app, limitMs)]);
    },
    async close() {
      await Promise.all([ingest.stop(), sweeper.stop(), app.close()]);
      await reader.close();
    },
  };
}
