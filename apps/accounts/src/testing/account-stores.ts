import { type FakeAccounts, startFakeAccounts } from './fake-accounts.ts';
import { startTestDatabases, type TestDatabases } from './test-database.ts';

/** What routes are tested on: accounts in files, and accounts in a database. */
export interface AccountStore {
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
  /** The service on an empty store. */
  start(): Promise<FakeAccounts>;
}

function inDatabase(): AccountStore {
  let databases: TestDatabases | undefined;
  return {
    name: 'with accounts in a database',
    async open() {
      databases = await startTestDatabases('embedded');
    },
    close: async () => databases?.stop(),
    start: () => startFakeAccounts(databases),
  };
}

const inFiles: AccountStore = {
  name: 'with accounts in files',
  open: async () => {},
  close: async () => {},
  start: () => startFakeAccounts(),
};

export const accountStores: readonly AccountStore[] = [inFiles, inDatabase()];
