import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { acquireLock, findRunning } from './lock.ts';
import { identifyProcess } from './process-identity.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-lock-'));
after(() => rmSync(root, { recursive: true }));

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

test('of many processes that start at once on a stale lock, exactly one gets it', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: null, since: 'x' }));
  const script = `
    const { acquireLock } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
    process.stdin.once('data', () => process.stdout.write(acquireLock(${JSON.stringify(folder)}, new Date()).kind + '\\n'));
    process.stdout.write('up\\n');`;
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
  try {
    await Promise.all(children.map((child) => nextLine(child, 'up')));
    const results = Promise.all(children.map((child) => nextLine(child)));
    for (const child of children) child.stdin.write('go\n');
    assert.deepEqual((await results).toSorted(), ['acquired', 'held', 'held', 'held']);
    assert.ok(existsSync(join(folder, 'lock')));
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
