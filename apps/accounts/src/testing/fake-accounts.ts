import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChangeLog, createChangeLog } from '@kumiki/control';
import { createLog } from '@kumiki/service';
import { accountsFolder } from '../folder/accounts-folder.ts';
import { openAccounts } from '../open-accounts.ts';
import type { ShownAddress } from '../ports/surroundings.ts';
import { startAccounts } from '../start-accounts.ts';
import type { AccountStores } from '../stores/account-stores.ts';
import { openTestAccounts, type TestDatabases } from './test-database.ts';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** The accounts service on a temporary folder or on a database, called as by the gateway. */
export interface FakeAccounts extends AsyncDisposable {
  readonly accounts: AccountStores;
  /** Calls back with the number of sessions in the snapshot of gateways, whenever it has changed. */
  onSessions(listener: (count: number) => void): void;
  readonly changes: ChangeLog;
  /** When sessions were last used. */
  readonly usedAt: Map<string, number>;
  setAddress(address: ShownAddress): void;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** @param caller headers that name the caller. */
  call(method: string, path: string, body?: unknown, caller?: Record<string, string>): Promise<Reply>;
}

const token = 'token-of-the-gateway';

/** @param databases where the accounts lie; in files when absent. */
export async function startFakeAccounts(databases?: TestDatabases): Promise<FakeAccounts> {
  const { accounts, onSessions, close } = databases === undefined ? openInFiles() : await openIn(databases);
  const changes = createChangeLog(Date.now);
  const usedAt = new Map<string, number>();
  let address: ShownAddress = { shown: '', configured: false };
  const service = await startAccounts({
    accounts,
    surroundings: {
      version: '0.0.0',
      address: () => address,
      sessionsLastUsed: async () => ({ usedAt, missing: [] }),
      tell: changes.add,
    },
    host: '127.0.0.1',
    port: 0,
    token,
    log: createLog({ service: 'test', level: 'silent' }),
  });
  const send = (path: string, init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {}) =>
    fetch(`http://127.0.0.1:${service.port}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  return {
    accounts,
    onSessions,
    changes,
    usedAt,
    setAddress: (next) => void (address = next),
    fetch: send,
    async call(method, path, body, caller = {}) {
      const response = await send(`/v1/kumiki/${path}`, {
        method,
        ...(body === undefined
          ? { headers: caller }
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...caller } }),
      });
      return { status: response.status, body: await response.json() };
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      await close();
    },
  };
}

interface Opened extends Pick<FakeAccounts, 'accounts' | 'onSessions'> {
  close(): Promise<void>;
}

function openInFiles(): Opened {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-accounts-'));
  const { accounts } = openAccounts(accountsFolder(folder), () => Math.floor(Date.now() / 1_000));
  return {
    accounts,
    onSessions: (listener) => accounts.sessions.onChange((sessions) => listener(sessions.length)),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function openIn(databases: TestDatabases): Promise<Opened> {
  const accounts = await openTestAccounts(await databases.open());
  const { mirror } = accounts;
  const closing = new AbortController();
  const watch = async (listener: (count: number) => void): Promise<void> => {
    let count = mirror.state().sessions.size;
    while (!closing.signal.aborted) {
      await mirror.moved(60_000);
      const { size } = mirror.state().sessions;
      if (size !== count) listener(size);
      count = size;
    }
  };
  return {
    accounts,
    onSessions: (listener) => void watch(listener),
    async close() {
      closing.abort();
      await accounts.close();
    },
  };
}
