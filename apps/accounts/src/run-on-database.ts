import type { KeyRecord } from '@kumiki/api';
import { openDatabase } from '@kumiki/postgres';
import { createSecretHash } from '@kumiki/seal';
import type { AccountsRun, RunAccountsOptions } from './accounts-run.ts';
import type { AccountsPlace } from './config.ts';
import { openDatabaseAccounts } from './database/open-database-accounts.ts';
import { readServiceKeys } from './keys/service-keys.ts';
import { createMetrics } from './observe/metrics.ts';
import { startAccounts } from './start-accounts.ts';
import { startStreamListener } from './stream/stream-listener.ts';

/** Connections of one replica: changes wait for each other in any case. */
const maxConnections = 4;

/** Runs the service on a database, beside other replicas, with the stream that gateways follow. */
export async function runOnDatabase(
  place: AccountsPlace & { kind: 'database' },
  options: RunAccountsOptions,
): Promise<AccountsRun> {
  const { log } = options;
  const { url, pepper, firstKey, stream } = place;
  const database = openDatabase({ url, applicationName: 'kumiki-accounts', maxConnections });
  const accounts = await openDatabaseAccounts({ database, pepper, firstKey, log });
  const hash = createSecretHash(pepper);
  const serviceKeys: readonly KeyRecord[] = readServiceKeys(options.serviceKeysFolder, hash);
  const listener = await startStreamListener({ ...stream, mirror: accounts.mirror, serviceKeys, log });
  const service = await startAccounts({ ...options, accounts });
  return {
    port: service.port,
    streamPort: listener.port,
    metrics: createMetrics(accounts.mirror, listener),
    async drain(limitMs) {
      // Gateways go to another replica at once, and hear there of what is changed from now on.
      await listener.close();
      await service.drain(limitMs);
    },
    async close() {
      await listener.close();
      await service.close();
      await accounts.close();
      await database.close();
    },
  };
}
