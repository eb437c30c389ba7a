import { collectDefaultMetrics, createLog, Registry, runService } from '@kumiki/service';
import { readConsoleConfig } from './config.ts';
import { startConsole } from './start-console.ts';

await runService(
  'console',
  (status) => process.exit(status),
  async () => {
    const config = readConsoleConfig();
    const log = createLog({ service: 'console', level: config.KUMIKI_LOG_LEVEL });
    const { KUMIKI_CONSOLE_FOLDER: folder } = config;
    const server = await startConsole({
      host: config.KUMIKI_LISTEN_HOST,
      port: config.KUMIKI_LISTEN_PORT,
      token: config.token,
      log,
      ...(folder === undefined ? {} : { folder }),
    });
    const metrics = new Registry();
    collectDefaultMetrics({ register: metrics });
    return {
      log,
      port: server.port,
      ops: { host: config.KUMIKI_OPS_HOST, port: config.KUMIKI_OPS_PORT, metrics },
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: server.drain,
      close: server.close,
    };
  },
);
