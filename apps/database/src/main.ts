import { createLog, Registry, runService } from '@kumiki/service';
import { readDatabaseConfig } from './config.ts';
import { startDatabase } from './start-database.ts';

await runService(
  'database',
  (status) => process.exit(status),
  async () => {
    const config = readDatabaseConfig();
    const log = createLog({ service: 'database', level: config.KUMIKI_LOG_LEVEL });
    const database = await startDatabase({
      folder: config.KUMIKI_DATABASE_FOLDER,
      socketFolder: config.KUMIKI_SOCKET_FOLDER,
    });
    return {
      log,
      port: null,
      ops: { host: config.KUMIKI_OPS_HOST, port: config.KUMIKI_OPS_PORT, metrics: new Registry() },
      drainMs: config.KUMIKI_DRAIN_MS,
      // Nothing to drain: its clients end first.
      drain: () => Promise.resolve(),
      close: database.close,
    };
  },
);
