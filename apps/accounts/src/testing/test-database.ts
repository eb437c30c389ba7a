import { type Database, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { createLog } from '@kumiki/service';
import { type DatabaseAccounts, openDatabaseAccounts } from '../database/open-database-accounts.ts';

export const silent = createLog({ service: 'test', level: 'silent' });
export const testPepper = Buffer.alloc(32, 7);

/** Both kinds of database; `skip` is why one cannot be tested here. */
export const databaseKinds = (['server', 'embedded'] as const).map((kind) => ({
  kind,
  skip: kind === 'server' ? (whyNoPostgres() ?? false) : false,
}));

/** Databases of one kind for a test file. */
export interface TestDatabases {
  readonly server: TestPostgres | null;
  /** An empty database; those of the embedded kind are one. */
  open(): Promise<Database>;
  stop(): Promise<void>;
}

export async function startTestDatabases(kind: 'server' | 'embedded'): Promise<TestDatabases> {
  const server = kind === 'server' ? await startPostgres() : null;
  const opened: Database[] = [];
  let embedded: Database | null = null;
  return {
    server,
    async open() {
      if (server !== null) {
        const url = await server.createDatabase(`test_${opened.length}`);
        opened.push(openDatabase({ url, applicationName: 'test' }));
        return opened.at(-1) as Database;
      }
      if (embedded === null) opened.push((embedded = openDatabase({ folder: null })));
      // Opening one takes seconds, dropping what is in it does not.
      await embedded.query('DROP SCHEMA IF EXISTS accounts CASCADE');
      await embedded.query('DROP TABLE IF EXISTS kumiki_migrations');
      return embedded;
    },
    async stop() {
      await Promise.all(opened.map((database) => database.close()));
      await server?.stop();
    },
  };
}

export function openTestAccounts(
  database: Database,
  { pepper = testPepper, firstKey = null }: { readonly pepper?: Buffer; readonly firstKey?: string | null } = {},
): Promise<DatabaseAccounts> {
  return openDatabaseAccounts({ database, pepper, firstKey, log: silent });
}
