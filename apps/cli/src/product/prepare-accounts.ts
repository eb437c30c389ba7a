import { randomBytes } from 'node:crypto';
import { type AdminKey, accountsFolder, openAccounts, writeSnapshots } from '@kumiki/accounts';
import { makeApiKey, servicePaths } from '@kumiki/api';
import type { HeldHome } from '@kumiki/local';
import { fullDiskError } from '@kumiki/service/folder';
import { snapshotPaths } from './snapshot-paths.ts';

/** What a start needs of the accounts before the service of accounts runs. */
export interface PreparedAccounts {
  readonly adminKey: AdminKey;
  /** A key for each service that calls others. */
  readonly serviceKeys: ReadonlyMap<string, string>;
  /** Sentences about state that could not be used, and is no loss. */
  readonly reports: readonly string[];
}

/**
 * Makes the accounts of a new state folder, and the snapshots with which the gateway starts. Throws KumikiError `conflict`, with the
 * folder given free, where accounts are damaged: nothing is started then.
 */
export async function prepareAccounts(home: HeldHome): Promise<PreparedAccounts> {
  try {
    const { accounts, reports } = openAccounts(accountsFolder(home.path), () => Math.floor(Date.now() / 1_000));
    const serviceKeys = new Map<string, string>();
    for (const [name, paths] of Object.entries(servicePaths)) {
      const key = makeApiKey(randomBytes);
      accounts.keys.addServiceKey(name, paths, key);
      serviceKeys.set(name, key);
    }
    const adminKey = await accounts.keys.adminKey();
    writeSnapshots(accounts, snapshotPaths(home.snapshots));
    return { adminKey, serviceKeys, reports };
  } catch (error) {
    home.release();
    throw fullDiskError(error);
  }
}
