import { askSessionsLastUsed } from '@kumiki/control';
import { createLog, runService, notifyParent } from '@kumiki/service';
import { readAccountsConfig } from './config.ts';
import { runAccounts } from './run-accounts.ts';
import { readVersion } from './version.ts';

await runService(
  'accounts',
  (status) => process.exit(status),
  async () => {
    const config = readAccountsConfig();
    const log = createLog({ service: 'accounts', level: config.KUMIKI_LOG_LEVEL });
    const gateways = config.KUMIKI_OBSERVED_URLS.map((url) => ({ name: url, url, token: config.observedToken }));
    const running = await runAccounts(config.place, {
      serviceKeysFolder: config.KUMIKI_SERVICE_KEYS_FOLDER,
      surroundings: {
        version: readVersion(),
        address: () => ({
          shown: config.KUMIKI_PUBLIC_URL ?? config.KUMIKI_SHOWN_URL,
          configured: config.KUMIKI_PUBLIC_URL !== undefined,
        }),
        sessionsLastUsed: () => askSessionsLastUsed(gateways),
        tell({ kind, subject, params = {}, by }) {
          log.info({ kind, subject, by }, 'changed');
          void notifyParent({ type: 'change', kind, subject, params, by });
        },
      },
      host: config.KUMIKI_LISTEN_HOST,
      port: config.KUMIKI_LISTEN_PORT,
      token: config.token,
      log,
    });
    return {
      log,
      port: running.port,
      ops: { host: config.KUMIKI_OPS_HOST, port: config.KUMIKI_OPS_PORT, metrics: running.metrics },
      controlPort: running.streamPort,
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: running.drain,
      close: running.close,
    };
  },
);
