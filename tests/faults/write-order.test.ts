import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type Call, traceCalls, whyNoTrace } from './trace-calls.ts';

/**
 * After a power cut the disk has everything that was synced, and any part of the rest. So the order of calls decides:
 * data are synced before they are acknowledged, content is synced before it is renamed into place, and the log is
 * synced before the pages.
 */

const skip = whyNoTrace();
const root = mkdtempSync(join(tmpdir(), 'kumiki-order-'));
after(() => rmSync(root, { recursive: true, force: true }));

const source = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** The calls between the two lines on standard output that mark the beginning and the end of a step. */
function callsOf(calls: readonly Call[], step: string): readonly Call[] {
  const at = (text: string): number => {
    const found = calls.findIndex((call) => call.name === 'write' && call.text.startsWith(text));
    assert.ok(found >= 0, `'${text}' was said`);
    return found;
  };
  return calls.slice(at(`begin ${step}`), at(`done ${step}`));
}

/** Asserts that calls were made in this order, with any others in between. */
function assertOrder(
  calls: readonly Call[],
  order: readonly (readonly [names: string, path: RegExp | string])[],
): void {
  let from = 0;
  for (const [names, path] of order) {
    const found = calls.findIndex(
      (call, at) => at >= from && names.split('|').includes(call.name) && matches(path, call.path),
    );
    assert.ok(
      found >= 0,
      `${names} ${path} after ${from} of\n${calls.map((call) => `${call.name} ${call.path}`).join('\n')}`,
    );
    from = found + 1;
  }
}

const matches = (wanted: RegExp | string, path: string): boolean =>
  typeof wanted === 'string' ? wanted === path : wanted.test(path);

const stateScript = (home: string): string => `
  const { openAccounts } = await import(${source('apps/accounts/src/open-accounts.ts')});
  const { accountsFolder } = await import(${source('apps/accounts/src/folder/accounts-folder.ts')});
  const { homePaths } = await import(${source('apps/local/src/home/home-folder.ts')});
  const { openServiceStore } = await import(${source('apps/local/src/home/service-store.ts')});
  const { openSecretStore } = await import(${source('apps/local/src/home/secret-store.ts')});
  const { fakeService } = await import(${source('apps/local/src/testing/fake-runtime.ts')});
  const { writeSync } = await import('node:fs');
  const step = async (name, work) => {
    writeSync(1, 'begin ' + name + '\\n');
    const value = await work();
    writeSync(1, 'done ' + name + '\\n');
    return value;
  };
  const home = homePaths(${JSON.stringify(home)});
  const now = () => 1000;
  const { keys, sessions } = (await step('pepper', () => openAccounts(accountsFolder(home.path), now))).accounts;
  const admin = await step('admin', () => keys.adminKey());
  const body = { name: 'x', project: 'p', roles: ['inference'], models: null, expires_at: null,
    limits: { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null } };
  const { record } = await step('create', () => keys.create(body));
  await step('revoke', () => keys.revoke(record.id));
  await step('session', () => sessions.open(admin.id));
  const store = openServiceStore(home.services);
  const two = ['one', 'two'].map((name) => ({ created: 1, manifest: fakeService(name, 'behaves') }));
  await step('apply', () => store.save(two));
  await step('remove', () => store.remove('one'));
  await step('secret', () => openSecretStore(home.secrets).set({ name: 'vendor', key: 'key' }, 'sk-value', 1));`;

test('state is on the disk under its name before anybody is told', { skip }, async () => {
  const home = join(root, 'home');
  mkdirSync(home);
  const calls = await traceCalls(stateScript(home), join(root, 'state.trace'));
  const files: Readonly<Record<string, RegExp>> = {
    pepper: /\/pepper$/,
    admin: /\/admin\.key$/,
    create: /\/keys\/key_\w+\.json$/,
    session: /\/sessions\.json$/,
    apply: /\/services\/two\.json$/,
    secret: /\/secrets\/vendor\/key\.json$/,
  };
  for (const [step, file] of Object.entries(files)) {
    const ofStep = callsOf(calls, step);
    const renamed = ofStep.findLast(({ name, path }) => name === 'rename' && file.test(path));
    assert.ok(renamed !== undefined, `${step} renames`);
    const draft = `${renamed.path}.new`;
    assertOrder(ofStep, [
      ['write|pwrite64', draft],
      ['fsync', draft],
      ['rename', file],
      ['fsync', dirname(renamed.path)],
    ]);
  }
  const apply = callsOf(calls, 'apply');
  assertOrder(apply, [
    ['fsync', /one\.json\.new$/],
    ['fsync', /two\.json\.new$/],
    ['rename', /one\.json$/],
    ['rename', /two\.json$/],
    ['fsync', /\/services$/],
  ]);
  assertOrder(callsOf(calls, 'revoke'), [
    ['unlink', /\/keys\/key_\w+\.json$/],
    ['fsync', /\/keys$/],
  ]);
  assertOrder(callsOf(calls, 'remove'), [
    ['unlink', /one\.json$/],
    ['fsync', /\/services$/],
  ]);
});

const rows = 30;

test(
  "the embedded database's log is on the disk before a commit is told, and before what it explains",
  { skip },
  async () => {
    const data = join(root, 'data');
    const script = `
    const { openDatabase } = await import(${source('packages/postgres/src/open-database.ts')});
    const { writeSync } = await import('node:fs');
    const database = openDatabase({ folder: ${JSON.stringify(data)} });
    await database.query('CREATE TABLE rows (n int PRIMARY KEY, text text)');
    for (let n = 0; n < ${rows}; n++) {
      writeSync(1, 'begin ' + n + ' \\n');
      await database.transaction((transaction) => transaction.query('INSERT INTO rows VALUES ($1, $2)', [n, 'x'.repeat(500)]));
      writeSync(1, 'done ' + n + ' \\n');
    }
    await database.query('CHECKPOINT');
    await database.close();`;
    const calls = await traceCalls(script, join(root, 'database.trace'));
    const log = /\/data\/pg_wal\/[0-9A-F]{24}$/;
    for (let n = 0; n < rows; n++) {
      assertOrder(callsOf(calls, `${n} `), [
        ['write|pwrite64', log],
        ['fsync|fdatasync', log],
      ]);
    }
    assert.ok(calls.some(({ name, path }) => name === 'fsync' && path.endsWith('/data/global/pg_control')));
    let unsynced = false;
    for (const { name, path } of calls) {
      const isWrite = name === 'write' || name === 'pwrite64';
      if (log.test(path)) unsynced = isWrite;
      // The control file, which sets where recovery begins, must never be ahead of the log.
      else if (name === 'fsync' && path.endsWith('/data/global/pg_control')) assert.ok(!unsynced, 'the log came first');
    }
  },
);
