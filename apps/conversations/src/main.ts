import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { openDatabase } from '@kumiki/postgres';
import { ConfigError, createGatewayClient, createLog, startOpsListener } from '@kumiki/service';
import { readConversationsConfig } from './config.ts';
import { startConversations } from './start-conversations.ts';

async function main(): Promise<void> {
  const config = readConversationsConfig();
  const log = createLog({ service: 'conversations', level: config.KUMIKI_LOG_LEVEL });
  const database = openDatabase({ url: config.KUMIKI_POSTGRES_URL, applicationName: 'kumiki-conversations' });
  const gateway = createGatewayClient({
    url: config.KUMIKI_GATEWAY_URL,
    key: () => readFileSync(config.KUMIKI_SERVICE_KEY_FILE, 'utf8').trim(),
  });
  const service = await startConversations({
    database,
    gateway,
    token: config.token,
    host: config.KUMIKI_LISTEN_HOST,
    port: config.KUMIKI_LISTEN_PORT,
    log,
    replica: config.KUMIKI_REPLICA ?? hostname(),
    retentionDays: config.KUMIKI_RETENTION_DAYS,
  });
  let draining = false;
  const ops = await startOpsListener({
    host: config.KUMIKI_OPS_HOST,
    port: config.KUMIKI_OPS_PORT,
    metrics: service.metrics,
    alive: () => null,
    ready: () => (draining ? 'draining' : null),
  });
  log.info({ port: service.port, opsPort: ops.port }, 'conversations listens');

  const stop = (): void => {
    if (draining) process.exit(1);
    draining = true;
    log.info('conversations drains');
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
