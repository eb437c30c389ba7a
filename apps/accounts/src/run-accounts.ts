import { createSecretHash } from '@kumiki/seal';
import { collectDefaultMetrics, Registry } from '@kumiki/service';
import type { AccountsRun, RunAccountsOptions } from './accounts-run.ts';
import type { AccountsPlace } from './config.ts';
import { accountsFolder } from './folder/accounts-folder.ts';
import { readServiceKeys } from './keys/service-keys.ts';
import { openAccounts } from './open-accounts.ts';
import { publishSnapshots } from './publish-snapshots.ts';
import { startAccounts } from './start-accounts.ts';

/** Runs the service on files or on a database. */
export async function runAccounts(place: AccountsPlace, options: RunAccountsOptions): Promise<AccountsRun> {
  if (place.kind === 'files') return runOnFiles(place, options);
  // Its code is read only where it runs.
  const { runOnDatabase } = await import('./run-on-database.ts');
  return runOnDatabase(place, options);
}

async function runOnFiles(place: AccountsPlace & { kind: 'files' }, options: RunAccountsOptions): Promise<AccountsRun> {
  const { accounts, reports } = openAccounts(accountsFolder(place.folder), () => Math.floor(Date.now() / 1_000));
  for (const report of reports) options.log.warn(report);
  accounts.keys.addServiceKeys(readServiceKeys(options.serviceKeysFolder, createSecretHash(accounts.pepper)));
  publishSnapshots(accounts, place, options.log);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  return { ...(await startAccounts({ ...options, accounts })), metrics, streamPort: null };
}
