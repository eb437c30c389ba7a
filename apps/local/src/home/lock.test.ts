import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { acquireLock, findRunning } from './lock.ts';
import { identifyProcess } from './process-identity.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-lock-'));
after(() => rmSync(root, { recursive: true }));

/** The lock of a process that is no more. */
const goneHolder = JSON.stringify({ pid: 2 ** 22 + 1, startedAt: null, since: 'x' });

function newFolder(): string {
  return mkdtempSync(join(root, 'home-'));
}

test('one holder at a time, and free again after its release', () => {
  const folder = newFolder();
  const first = acquireLock(folder, new Date());
  assert.ok(first.kind === 'acquired');
  const second = acquireLock(folder, new Date());
  assert.ok(second.kind === 'held');
  assert.equal(second.by.pid, process.pid);
  assert.equal(findRunning(folder)?.pid, process.pid);
  first.release();
  assert.equal(findRunning(folder), null);
  assert.equal(acquireLock(folder, new Date()).kind, 'acquired');
});

test('a lock whose process is gone, or whose id another process has now, is taken over', () => {
  const mine = identifyProcess(process.pid);
  const stale = [
    { pid: 2 ** 22 + 1, startedAt: null, since: 'x' },
    { pid: process.pid, startedAt: `${mine.startedAt}0`, since: 'x' },
  ];
  for (const holder of stale) {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock'), JSON.stringify(holder));
    assert.equal(findRunning(folder), null);
    assert.equal(acquireLock(folder, new Date()).kind, 'acquired');
  }
});

test('a torn lock file is no lock', () => {
  for (const text of ['', '{"pid":1', 'null']) {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock'), text);
    assert.equal(acquireLock(folder, new Date()).kind, 'acquired');
  }
});

test('a process that died while it took a lock over is no obstacle either', () => {
  const folder = newFolder();
  for (const name of ['lock', 'lock.takeover']) writeFileSync(join(folder, name), goneHolder);
  const lock = acquireLock(folder, new Date());
  assert.ok(lock.kind === 'acquired');
  lock.release();
  assert.deepEqual(readdirSync(folder), []);
});

test('of many processes that race for a stale lock, exactly one gets it, every time', async () => {
  const folders = Array.from({ length: 100 }, newFolder);
  for (const folder of folders) writeFileSync(join(folder, 'lock'), goneHolder);
  const script = `
    const { acquireLock } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    const kinds = (folders) => folders.map((folder) => acquireLock(folder, new Date()).kind);
    process.stdin.once('data', (data) => process.stdout.write(kinds(JSON.parse(data)).join(' ') + '\\n'));
    process.stdout.write('up\\n');`;
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
  try {
    await Promise.all(children.map((child) => nextLine(child, 'up')));
    const lines = Promise.all(children.map((child) => nextLine(child)));
    for (const child of children) child.stdin.write(JSON.stringify(folders));
    const results = (await lines).map((line) => line.split(' '));
    const winners = folders.map((_, at) => results.filter((kinds) => kinds[at] === 'acquired').length);
    assert.deepEqual(
      winners,
      folders.map(() => 1),
    );
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
