import { readFileSync } from 'node:fs';
import { openDatabase } from '@kumiki/postgres';
import { createGatewayClient, createLog, runService } from '@kumiki/service';
import { readSearchConfig } from './config.ts';
import { startSearch } from './start-search.ts';

await runService(
  'search',
  (status) => process.exit(status),
  async () => {
    const config = readSearchConfig();
    const log = createLog({ service: 'search', level: config.KUMIKI_LOG_LEVEL });
    const database = openDatabase({ url: config.KUMIKI_POSTGRES_URL, applicationName: 'kumiki-search' });
    const gateway = createGatewayClient({
      url: config.KUMIKI_GATEWAY_URL,
      key: () => readFileSync(config.KUMIKI_SERVICE_KEY_FILE, 'utf8').trim(),
    });
    const service = await startSearch({
      database,
      gateway,
      token: config.token,
      host: config.KUMIKI_LISTEN_HOST,
      port: config.KUMIKI_LISTEN_PORT,
      log,
      objectsFolder: null,
      embeddingModel: config.KUMIKI_EMBEDDING_MODEL ?? null,
      ingestConcurrency: config.KUMIKI_INGEST_CONCURRENCY,
      leaseMs: config.KUMIKI_INGEST_LEASE_MS,
    });
    return {
      log,
      port: service.port,
      ops: { host: config.KUMIKI_OPS_HOST, port: config.KUMIKI_OPS_PORT, metrics: service.metrics },
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: service.drain,
      close: () => service.close().then(() => database.close()),
    };
  },
);
