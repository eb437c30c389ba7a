import { setFlagsFromString } from 'node:v8';
import { keyRecordsSchema, projectLimitsRecordsSchema, routeTableSchema, sessionRecordsSchema } from '@kumiki/api';
import { createLog, edgeOptions, runService } from '@kumiki/service';
import { readGatewayConfig } from './config.ts';
import { readSnapshot, watchSnapshot } from './snapshot/snapshot-file.ts';
import { createSnapshotHealth } from './snapshot/snapshot-health.ts';
import { startGateway } from './start-gateway.ts';

// What a request leaves behind is dead within milliseconds, so a small young generation is collected as cheaply as a
// large one. V8 would grow it to 128 MiB on a machine with much memory; its upper limit can only be given on the
// command line, but whether it grows at all can be told here, before the first request.
setFlagsFromString('--semi-space-growth-factor=1');

await runService(
  'gateway',
  (status) => process.exit(status),
  async () => {
    const config = readGatewayConfig();
    const log = createLog({ service: 'gateway', level: config.KUMIKI_LOG_LEVEL, buffered: true });
    const sessionsFile = config.KUMIKI_SESSIONS_FILE;
    const limitsFile = config.KUMIKI_PROJECT_LIMITS_FILE;
    const snapshots = createSnapshotHealth(() => performance.now(), config.KUMIKI_SNAPSHOT_GRACE_MS);
    const gateway = await startGateway({
      host: config.KUMIKI_LISTEN_HOST,
      port: config.KUMIKI_LISTEN_PORT,
      opsHost: config.KUMIKI_OPS_HOST,
      opsPort: config.KUMIKI_OPS_PORT,
      pepper: config.pepper,
      routes: readSnapshot(config.KUMIKI_ROUTES_FILE, routeTableSchema),
      keys: readSnapshot(config.KUMIKI_KEYS_FILE, keyRecordsSchema),
      sessions: sessionsFile === undefined ? [] : readSnapshot(sessionsFile, sessionRecordsSchema),
      projectLimits: limitsFile === undefined ? [] : readSnapshot(limitsFile, projectLimitsRecordsSchema),
      maxBodyBytes: config.KUMIKI_MAX_BODY_BYTES,
      snapshots,
      ...config.observed,
      ...edgeOptions(config),
      log,
    });
    const watched = { log, health: snapshots };
    watchSnapshot(
      { ...watched, name: 'routes', path: config.KUMIKI_ROUTES_FILE, schema: routeTableSchema },
      gateway.replaceRoutes,
    );
    watchSnapshot(
      { ...watched, name: 'keys', path: config.KUMIKI_KEYS_FILE, schema: keyRecordsSchema },
      gateway.replaceKeys,
    );
    if (sessionsFile !== undefined) {
      const sessions = { ...watched, name: 'sessions', path: sessionsFile, schema: sessionRecordsSchema } as const;
      watchSnapshot(sessions, gateway.replaceSessions);
    }
    if (limitsFile !== undefined) {
      const limits = {
        ...watched,
        name: 'project_limits',
        path: limitsFile,
        schema: projectLimitsRecordsSchema,
      } as const;
      watchSnapshot(limits, gateway.replaceProjectLimits);
    }
    return {
      log,
      port: gateway.port,
      // It listens there itself: what it is ready for, nobody else knows.
      ops: null,
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: gateway.drain,
      close: gateway.close,
    };
  },
);
