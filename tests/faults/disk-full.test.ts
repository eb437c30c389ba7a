import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startContainer, whyNoContainers } from './container.ts';

const skip = whyNoContainers();
const root = mkdtempSync(join(tmpdir(), 'kumiki-full-'));
after(() => rmSync(root, { recursive: true, force: true }));

const source = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** Runs a script on a separate disk, which it can fill with `fill` and free with `free`, and returns its reply. */
async function runOnDisk(megabytes: number, script: string): Promise<unknown> {
  const folder = mkdtempSync(join(root, 'disk-'));
  const entry = join(folder, 'script.mjs');
  writeFileSync(
    entry,
    `import { closeSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
    const disk = process.argv[2];
    const fill = () => {
      const file = openSync(disk + '/filler', 'w');
      for (const size of [1 << 20, 4096, 1]) try { for (;;) writeSync(file, Buffer.alloc(size)); } catch {}
      closeSync(file);
    };
    const free = () => rmSync(disk + '/filler', { force: true });
    const refusal = (work) => Promise.resolve().then(work).then(() => 'done', (error) => error.message);
    const reply = (value) => process.stdout.write(JSON.stringify(value));
    ${script}`,
  );
  const mounted = `mkdir "$1" && mount -t tmpfs -o size=${megabytes}m tmpfs "$1" && exec "$2" "$3" "$1"`;
  const command = ['sh', '-c', mounted, 'sh', join(folder, 'disk'), process.execPath, entry];
  const container = await startContainer('disk', command, {});
  assert.equal(await container.ended, 0, container.stderr());
  return JSON.parse(container.stdout());
}

test(
  'with a full disk every change of state is refused with what to do, and nothing that was there is lost',
  { skip },
  async () => {
    const told = await runOnDisk(
      4,
      `const { openAccounts } = await import(${source('apps/accounts/src/open-accounts.ts')});
    const { accountsFolder } = await import(${source('apps/accounts/src/folder/accounts-folder.ts')});
    const { homePaths } = await import(${source('apps/local/src/home/home-folder.ts')});
    const { holdHome } = await import(${source('apps/local/src/home/hold-home.ts')});
    const { openServiceStore } = await import(${source('apps/local/src/home/service-store.ts')});
    const { openRotatingLog } = await import(${source('apps/local/src/home/rotating-log.ts')});
    const { createLog } = await import(${source('packages/service/src/log.ts')});
    const { fakeService } = await import(${source('apps/local/src/testing/fake-runtime.ts')});
    const { createKeyBodySchema } = await import(${source('packages/api/src/index.ts')});
    const home = homePaths(disk);
    const open = () => openAccounts(accountsFolder(disk), () => 1000).accounts;
    const { keys, sessions } = open();
    const body = createKeyBodySchema.parse({ name: 'shop' });
    const { record: kept } = await keys.create(body);
    const { record: revoked } = await keys.create(body);
    const admin = await keys.adminKey();
    const store = openServiceStore(home.services);
    const service = (name, created) => ({ created, manifest: fakeService(name, 'behaves') });
    await store.save([service('shop', 1)]);
    const log = openRotatingLog(disk + '/replica.log');
    log.write(Buffer.from('before\\n'));
    const ownLog = createLog({ service: 'test', to: disk + '/up.log' });
    fill();
    const refused = [
      await refusal(() => keys.create(body)),
      await refusal(() => sessions.open(kept.id)),
      await refusal(() => store.save([service('shop', 2), service('other', 2)])),
    ];
    log.write(Buffer.from('one line\\n'.repeat(2000)));
    for (let line = 0; line < 5000; line++) ownLog.info({ line }, 'a line that finds no room');
    const revoke = await keys.revoke(revoked.id);
    const full = { keys: open().keys.records().map(({ id }) => id), sessions: sessions.list().length,
      services: openServiceStore(home.services).load().map(({ created }) => created) };
    const held = await refusal(async () => (await holdHome(disk + '/new')).release());
    free();
    const { record: later } = await keys.create(body);
    log.write(Buffer.from('after\\n'));
    const lost = (await import('node:fs')).readFileSync(disk + '/replica.log', 'utf8').includes('2000 lines are missing');
    const again = open();
    reply({ refused, revoke, full, held, lost, expected: [kept.id, admin.id].toSorted(),
      again: again.keys.records().map(({ id }) => id).toSorted().join() === [kept.id, admin.id, later.id].toSorted().join(),
      admin: (await again.keys.adminKey()).isNew });`,
    );
    const { refused, expected, full, ...others } = told as {
      refused: string[];
      expected: string[];
      full: { keys: string[] };
    };
    const message =
      /^The state folder cannot be written \(ENOSPC\), so nothing was changed\. Its disk is full: free some space, then try again\.$/;
    for (const text of refused) assert.match(text, message);
    assert.deepEqual({ ...full, keys: full.keys.toSorted() }, { keys: expected, sessions: 0, services: [1] });
    assert.deepEqual(others, { revoke: true, held: 'done', lost: true, again: true, admin: false });
  },
);

/** Writes rows until the disk is full; `prepare` determines which write fails first. */
const databaseScript = (prepare: string): string => `
  const { openDatabase } = await import(${source('packages/postgres/src/open-database.ts')});
  const database = openDatabase({ folder: disk + '/data' });
  await database.query('CREATE TABLE rows (n int, text text)');
  const text = Array.from({ length: 64_000 }, () => Math.random().toString(36)[3]).join('');
  let stored = 0;
  const write = () => database.query('INSERT INTO rows VALUES ($1, $2)', [stored, text]);
  for (; stored < 20; stored++) await write();
  ${prepare}
  let refused = 'done';
  for (; refused === 'done'; ) {
    refused = await refusal(write);
    if (refused === 'done') stored++;
  }
  const next = await refusal(() => database.query('SELECT 1'));
  await database.close();
  free();
  const again = openDatabase({ folder: disk + '/data' });
  const { rows } = await again.query('SELECT count(DISTINCT n) AS n FROM rows WHERE n < $1', [stored]);
  await again.query('INSERT INTO rows VALUES (-1, $1)', [text]);
  await again.close();
  reply({ refused, next, lost: stored - rows[0].n });`;

const diskFull = 'The disk of the database is full, so nothing was changed: free some space on it.';

test(
  'a full disk refuses what the embedded database should keep, and what it had acknowledged is there',
  { skip },
  async () => {
    const told = await runOnDisk(112, databaseScript('fill();'));
    assert.deepEqual(told, { refused: diskFull, next: 'done', lost: 0 });
  },
);

test(
  'a disk without room for the log ends the embedded database, and the next one has what was acknowledged',
  { skip },
  async () => {
    // Space for rows, but not for the next log file of 16 MiB.
    const prepare = `
    writeSync(openSync(disk + '/hole', 'w'), Buffer.alloc(8 << 20));
    fill();
    truncateSync(disk + '/hole');
    await refusal(() => database.query('SELECT pg_switch_wal()'));`;
    const told = await runOnDisk(112, databaseScript(prepare));
    assert.deepEqual(told, { refused: diskFull, next: 'The database cannot be reached.', lost: 0 });
  },
);
