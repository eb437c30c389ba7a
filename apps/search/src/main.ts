import { readFileSync } from 'node:fs';
import { openDatabase } from '@kumiki/postgres';
import { ConfigError, createGatewayClient, createLog, startOpsListener } from '@kumiki/service';
import { readSearchConfig } from './config.ts';
import { startSearch } from './start-search.ts';

async function main(): Promise<void> {
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
  let draining = false;
  const ops = await startOpsListener({
    host: config.KUMIKI_OPS_HOST,
    port: config.KUMIKI_OPS_PORT,
    metrics: service.metrics,
    alive: () => null,
    ready: () => (draining ? 'draining' : null),
  });
  log.info({ port: service.port, opsPort: ops.port }, 'search listens');

  const stop = (): void => {
    if (draining) process.exit(1);
    draining = true;
    log.info('search drains');
    void service
      .drain(config.KUMIKI_DRAIN_MS)
      .then(() => service.close())
      .then(() => database.close())
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exit(1);
}
