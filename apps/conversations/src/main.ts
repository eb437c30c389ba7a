import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { openDatabase } from '@kumiki/postgres';
import { createGatewayClient, createLog, runService } from '@kumiki/service';
import { readConversationsConfig } from './config.ts';
import { startConversations } from './start-conversations.ts';

await runService(
  'conversations',
  (status) => process.exit(status),
  async () => {
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
