import { hostname } from 'node:os';
import { openDatabase } from '@kumiki/postgres';
import { runDataService } from '@kumiki/service';
import { readConversationsConfig } from './config.ts';
import { startConversations } from './start-conversations.ts';

await runDataService({
  name: 'conversations',
  exit: (status) => process.exit(status),
  readConfig: readConversationsConfig,
  openDatabase,
  start: (parts, config) =>
    startConversations({
      ...parts,
      replica: config.KUMIKI_REPLICA ?? hostname(),
      retentionDays: config.KUMIKI_RETENTION_DAYS,
    }),
});
