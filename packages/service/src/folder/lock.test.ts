import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { describeMyself, writeHolder } from './lock-holder.ts';
import { acquireLock, findRunning } from './lock.ts';
import { isOsLocked } from './os-lock.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-lock-'));
after(() => rmSync(root, { recursive: true }));

function newFolder(): string {
  return mkdtempSync(join(root, 'home-'));
}

const module = JSON.stringify(new URL('./lock.ts', import.meta.url).href);

/** A process that locks each folder that it is sent, and prints the result. */
function startHolder(): ChildProcess {
  const script = `
    const { acquireLock } = await import(${module});
    process.stdin.on('data', async (data) => {
      const results = [];
      for (const folder of JSON.parse(data)) results.push((await acquireLock(folder, new Date())).kind);
      process.stdout.write(results.join(' ') + '\\n');
    });
    process.stdout.write('up\\n');`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
}

test('one holder at a time, and free again after its release', async () => {
  const folder = newFolder();
  assert.equal(findRunning(folder), null);
  assert.deepEqual(readdirSync(folder), [], 'looking makes nothing');
  const first = await acquireLock(folder, new Date());
  assert.ok(first.kind === 'acquired');
  const second = await acquireLock(folder, new Date());
  assert.ok(second.kind === 'held');
  assert.equal(second.by.holder?.pid, process.pid);
  assert.equal(second.by.isHere, true);
  assert.equal(findRunning(folder)?.holder?.pid, process.pid);
  first.release();
  assert.equal(findRunning(folder), null);
  const third = await acquireLock(folder, new Date());
  assert.ok(third.kind === 'acquired');
  third.release();
});

test(
  'the kernel holds the lock, for the very file, and nothing was ever written to it',
  { skip: process.platform !== 'linux' },
  async () => {
    const folder = newFolder();
    const lock = await acquireLock(folder, new Date());
    assert.ok(lock.kind === 'acquired');
    const { ino, size, mode } = statSync(join(folder, 'lock.db'));
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .find((text) => text.includes(` ${process.pid} `) && text.includes(`:${ino} `));
    assert.match(line ?? '', /POSIX +ADVISORY +WRITE/);
    assert.deepEqual([size, mode & 0o777], [0, 0o600]);
    assert.deepEqual(readdirSync(folder).toSorted(), ['lock.db', 'lock.json']);
    lock.release();
    assert.ok(!readFileSync('/proc/locks', 'utf8').includes(`:${ino} `));
  },
);

test('a holder that is killed leaves the folder free at once, whatever it left in it', async () => {
  const folder = newFolder();
  const holder = startHolder();
  await nextLine(holder, 'up');
  holder.stdin!.write(JSON.stringify([folder]));
  await nextLine(holder, 'acquired');
  const refused = await acquireLock(folder, new Date());
  assert.ok(refused.kind === 'held');
  assert.deepEqual([refused.by.holder?.pid, refused.by.isHere], [holder.pid, true]);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  assert.equal(findRunning(folder), null);
  const lock = await acquireLock(folder, new Date());
  assert.ok(lock.kind === 'acquired');
  lock.release();
});

test('the record of the holder decides nothing: neither a wrong one nor none gives a held folder away, or a free one', async () => {
  const mine = describeMyself(new Date());
  const records = ['', '{"pid":1', JSON.stringify({ ...mine, place: 'host elsewhere' })];
  for (const record of records) {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock.json'), record);
    assert.equal(findRunning(folder), null);
    const lock = await acquireLock(folder, new Date());
    assert.ok(lock.kind === 'acquired');
    writeFileSync(join(folder, 'lock.json'), record);
    assert.equal((await acquireLock(folder, new Date())).kind, 'held');
    assert.notEqual(findRunning(folder), null);
    rmSync(join(folder, 'lock.json'));
    assert.equal((await acquireLock(folder, new Date())).kind, 'held');
    lock.release();
  }
});

test('a process of another container is not taken for the one that has its number here', async () => {
  const folder = newFolder();
  const lock = await acquireLock(folder, new Date());
  assert.ok(lock.kind === 'acquired');
  writeHolder(folder, { ...describeMyself(new Date()), place: 'another boot pid:[1]', host: 'pod-7' });
  const running = findRunning(folder);
  assert.deepEqual([running?.isHere, running?.holder?.host], [false, 'pod-7']);
  lock.release();
});

test('a file that is not ours in the place of the lock is left alone, with the reason', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'lock.db'), 'something of somebody else, long enough to be looked at as a database file');
  const lock = await acquireLock(folder, new Date());
  assert.ok(lock.kind === 'impossible');
  assert.match(lock.reason, /holds something else; delete it while nothing runs/);
  assert.match(readFileSync(join(folder, 'lock.db'), 'utf8'), /^something/);
});

test('of many processes that race for a folder, exactly one gets it, every time', async () => {
  const folders = Array.from({ length: 8 }, newFolder);
  const children = Array.from({ length: 4 }, startHolder);
  try {
    await Promise.all(children.map((child) => nextLine(child, 'up')));
    const lines = Promise.all(children.map((child) => nextLine(child)));
    for (const child of children) child.stdin!.write(JSON.stringify(folders));
    const results = (await lines).map((line) => line.split(' '));
    const winners = folders.map((_, at) => results.filter((kinds) => kinds[at] === 'acquired').length);
    assert.deepEqual(
      winners,
      folders.map(() => 1),
    );
    assert.ok(folders.every((folder) => isOsLocked(join(folder, 'lock.db'))));
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map(ended));
  }
});

async function nextLine(child: ChildProcess, expected?: string): Promise<string> {
  const [data] = (await once(child.stdout!, 'data')) as [Buffer];
  const line = data.toString().trim();
  if (expected !== undefined) assert.equal(line, expected);
  return line;
}

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
}
