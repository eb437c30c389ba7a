import { readFileSync } from 'node:fs';
import { askSessionsLastUsed } from '@kumiki/control';
import { collectDefaultMetrics, createLog, Registry, runService, tellParent } from '@kumiki/service';
import { readAccountsConfig } from './config.ts';
import { accountsFolder } from './folder/accounts-folder.ts';
import { addServiceKeys } from './keys/service-keys.ts';
import { openAccounts } from './open-accounts.ts';
import { publishSnapshots } from './publish-snapshots.ts';
import { startAccounts } from './start-accounts.ts';

await runService(
  'accounts',
  (status) => process.exit(status),
  async () => {
    const config = readAccountsConfig();
    const log = createLog({ service: 'accounts', level: config.KUMIKI_LOG_LEVEL });
    const { accounts, reports } = openAccounts(accountsFolder(config.KUMIKI_ACCOUNTS_FOLDER), () =>
      Math.floor(Date.now() / 1_000),
    );
    for (const report of reports) log.warn(report);
    addServiceKeys(accounts.keys, config.KUMIKI_SERVICE_KEYS_FOLDER);
    const paths = {
      keys: config.KUMIKI_KEYS_FILE,
      sessions: config.KUMIKI_SESSIONS_FILE,
      projectLimits: config.KUMIKI_PROJECT_LIMITS_FILE,
    };
    publishSnapshots(accounts, paths, log);
    const gateways = config.KUMIKI_OBSERVED_URLS.map((url) => ({ name: url, url, token: config.observedToken }));
    const service = await startAccounts({
      accounts,
      surroundings: {
        version: readVersion(),
        address: () => ({
          shown: config.KUMIKI_PUBLIC_URL ?? config.KUMIKI_SHOWN_URL,
          configured: config.KUMIKI_PUBLIC_URL !== undefined,
        }),
        sessionsLastUsed: () => askSessionsLastUsed(gateways),
        tell({ kind, subject, params = {}, by }) {
          log.info({ kind, subject, by }, 'changed');
          void tellParent({ type: 'change', kind, subject, params, by });
        },
      },
      host: config.KUMIKI_LISTEN_HOST,
      port: config.KUMIKI_LISTEN_PORT,
      token: config.token,
      log,
    });
    const metrics = new Registry();
    collectDefaultMetrics({ register: metrics });
    return {
      log,
      port: service.port,
      ops: { host: config.KUMIKI_OPS_HOST, port: config.KUMIKI_OPS_PORT, metrics },
      drainMs: config.KUMIKI_DRAIN_MS,
      drain: service.drain,
      close: service.close,
    };
  },
);

/** All parts of one installation have one version. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
