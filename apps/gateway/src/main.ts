import { setFlagsFromString } from 'node:v8';
import { ConfigError, createLog } from '@kumiki/service';
import { readGatewayConfig } from './config.ts';
import { readSnapshot, watchSnapshot } from './snapshot-file.ts';
import { keyRecordsSchema, routeTableSchema, sessionRecordsSchema } from './snapshot-schemas.ts';
import { startGateway } from './start-gateway.ts';

// What a request leaves behind is dead within milliseconds, so a small young generation is collected as cheaply as a
// large one. V8 would grow it to 128 MiB on a machine with much memory; its upper limit can only be given on the
// command line, but whether it grows at all can be told here, before the first request.
setFlagsFromString('--semi-space-growth-factor=1');

async function main(): Promise<void> {
  const config = readGatewayConfig();
  const log = createLog({ service: 'gateway', level: config.KUMIKI_LOG_LEVEL, buffered: true });
  const sessionsFile = config.KUMIKI_SESSIONS_FILE;
  const gateway = await startGateway({
    host: config.KUMIKI_LISTEN_HOST,
    port: config.KUMIKI_LISTEN_PORT,
    opsHost: config.KUMIKI_OPS_HOST,
    opsPort: config.KUMIKI_OPS_PORT,
    pepper: config.pepper,
    routes: readSnapshot(config.KUMIKI_ROUTES_FILE, routeTableSchema),
    keys: readSnapshot(config.KUMIKI_KEYS_FILE, keyRecordsSchema),
    sessions: sessionsFile === undefined ? [] : readSnapshot(sessionsFile, sessionRecordsSchema),
    maxBodyBytes: config.KUMIKI_MAX_BODY_BYTES,
    log,
  });
  watchSnapshot(config.KUMIKI_ROUTES_FILE, routeTableSchema, log, (table) => gateway.replaceRoutes(table));
  watchSnapshot(config.KUMIKI_KEYS_FILE, keyRecordsSchema, log, (keys) => gateway.replaceKeys(keys));
  if (sessionsFile !== undefined) {
    watchSnapshot(sessionsFile, sessionRecordsSchema, log, (sessions) => gateway.replaceSessions(sessions));
  }
  log.info({ port: gateway.port, opsPort: gateway.opsPort }, 'gateway listens');

  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('gateway drains');
    void gateway
      .drain(config.KUMIKI_DRAIN_MS)
      .then(() => gateway.close())
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
