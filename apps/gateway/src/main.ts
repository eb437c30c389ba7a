import { setFlagsFromString } from 'node:v8';
import { createLog, edgeOptions, runService } from '@kumiki/service';
import { readGatewayConfig } from './config.ts';
import { openSnapshots } from './open-snapshots.ts';
import { createSnapshotHealth } from './snapshot/snapshot-health.ts';
import { startGateway } from './start-gateway.ts';
import { watchTlsFiles } from './tls/watch-tls-files.ts';

// A request's garbage is dead within milliseconds, so a small young generation is collected as cheaply as a large one.
// V8 would grow it to 128 MiB on a machine with much memory. Its upper limit can only be set on the command line, but
// growth can be switched off here, before the first request.
setFlagsFromString('--semi-space-growth-factor=1');

await runService(
  'gateway',
  (status) => process.exit(status),
  async () => {
    const config = readGatewayConfig();
    const log = createLog({ service: 'gateway', level: config.KUMIKI_LOG_LEVEL, buffered: true });
    const snapshots = createSnapshotHealth(() => performance.now(), config.KUMIKI_SNAPSHOT_GRACE_MS);
    const files = await openSnapshots(config.sources, config.discovery, snapshots, log);
    const tls = config.tls === null ? null : { ...config.tls, files: watchTlsFiles(config.tls.paths, log) };
    const gateway = await startGateway({
      host: config.KUMIKI_LISTEN_HOST,
      port: config.KUMIKI_LISTEN_PORT,
      opsHost: config.KUMIKI_OPS_HOST,
      opsPort: config.KUMIKI_OPS_PORT,
      pepper: config.pepper,
      ...files.initial,
      maxBodyBytes: config.KUMIKI_MAX_BODY_BYTES,
      snapshots,
      ...(config.KUMIKI_ZONE === '' ? {} : { zone: config.KUMIKI_ZONE }),
      ...config.observed,
      ...edgeOptions(config),
      ...(tls === null ? {} : { tls }),
      log,
    });
    files.tell(gateway);
    return {
      log,
      port: gateway.port,
      // The gateway has its own ops listener, because only it knows whether it is ready.
      ops: gateway.opsPort,
      controlPort: gateway.observedPort,
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: (limitMs) => gateway.drain(limitMs, config.KUMIKI_DRAIN_FOR),
      async close() {
        files.close();
        tls?.files.close();
        await gateway.close();
      },
    };
  },
);
