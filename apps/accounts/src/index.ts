import type { RunningAccounts, StartAccountsOptions } from './start-accounts.ts';

export { callersOf } from './callers.ts';
export { accountsFolder } from './folder/accounts-folder.ts';
export type { AdminKey } from './keys/key-ring.ts';
export { openAccounts, type Accounts } from './open-accounts.ts';
export { publishSnapshots } from './publish-snapshots.ts';
export type { RunningAccounts } from './start-accounts.ts';

/** Starts the service. Imported lazily, since its HTTP framework takes longer to load than workers to start. */
export async function startAccounts(options: StartAccountsOptions): Promise<RunningAccounts> {
  const accounts = await import('./start-accounts.ts');
  return accounts.startAccounts(options);
}
