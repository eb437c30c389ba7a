import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { until } from '@kumiki/testing';
import { z } from 'zod';
import { overwriteFile } from '../folder/atomic-file.ts';
import { createLog } from '../log.ts';
import { maxSnapshotBytes, readSnapshot } from './read-snapshot.ts';
import { watchSnapshot } from './watch-snapshot.ts';
import { createSnapshotWriter } from './write-snapshot.ts';

const log = createLog({ service: 'test', level: 'silent' });
const schema = z.array(z.int());
/** For a busy machine; with file system events it takes milliseconds. */
const limitMs = 20_000;

function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-snapshot-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a file beyond the limit is refused before it is read', (context) => {
  const path = join(makeFolder(context), 'limits.json');
  writeFileSync(path, `[${' '.repeat(maxSnapshotBytes)}]`);
  assert.ok(statSync(path).size > maxSnapshotBytes);
  assert.throws(() => readSnapshot({ path, schema }), /bytes, more than the limit of/);
});

test('who watches is told of what is written, and reads it at once who looks', async (context) => {
  const path = join(makeFolder(context), 'numbers.json');
  writeFileSync(path, '[]');
  const watch = watchSnapshot({ path, schema, log });
  context.after(watch.close);
  const told: unknown[] = [];
  watch.listen((value) => told.push(value));
  const write = createSnapshotWriter(path, log);
  await write([1]);
  watch.checkNow();
  assert.deepEqual(watch.current(), [1]);
  await write([1, 2]);
  await until('it is told', limitMs, async () => told.length === 2);
  assert.deepEqual(told, [[1], [1, 2]]);
});

test('what cannot be read leaves the last content in force, and says so until it is mended', async (context) => {
  const path = join(makeFolder(context), 'numbers.json');
  const replace = (text: string): void => {
    writeFileSync(`${path}.other`, text);
    renameSync(`${path}.other`, path);
  };
  writeFileSync(path, '[1]');
  const readings: boolean[] = [];
  const watch = watchSnapshot({ path, schema, log, onRead: (ok) => readings.push(ok) });
  context.after(watch.close);
  replace('[1,');
  watch.checkNow();
  rmSync(path);
  watch.checkNow();
  assert.deepEqual([watch.current(), readings], [[1], [true, false, false]]);
  replace('[2]');
  await until('it is read again', limitMs, async () => watch.current()[0] === 2);
  assert.equal(readings.at(-1), true);
  assert.throws(() => watchSnapshot({ path: `${path}.none`, schema, log }), /ENOENT/);
});

test('files behind a link that is exchanged, as those of a ConfigMap are, are read again', async (context) => {
  const folder = makeFolder(context);
  for (const [name, text] of [
    ['one', '[1]'],
    ['two', '[2]'],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'numbers.json'), text);
  }
  symlinkSync('one', join(folder, '..data'));
  symlinkSync('..data/numbers.json', join(folder, 'numbers.json'));
  const watch = watchSnapshot({ path: join(folder, 'numbers.json'), schema, log });
  context.after(watch.close);
  symlinkSync('two', join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  await until('the other content is read', limitMs, async () => watch.current()[0] === 2);
});

test('of many changes the last one is in the file when their writers go on, and not every one was written', async (context) => {
  const path = join(makeFolder(context), 'numbers.json');
  writeFileSync(path, '[]');
  let readings = 0;
  const watch = watchSnapshot({ path, schema, log, onRead: () => readings++ });
  context.after(watch.close);
  const write = createSnapshotWriter(path, log);
  await Promise.all(Array.from({ length: 1_000 }, (_, at) => write([at])));
  assert.equal(readFileSync(path, 'utf8'), '[999]');
  watch.checkNow();
  assert.deepEqual(watch.current(), [999]);
  assert.ok(readings < 100, `${readings}`);
});

test('a short snapshot that is written at once is there when the call returns, a long one soon', async (context) => {
  const path = join(makeFolder(context), 'numbers.json');
  const write = createSnapshotWriter(path, log, { atOnce: true });
  void write([1]);
  assert.equal(readFileSync(path, 'utf8'), '[1]');
  const long = Array.from({ length: 40_000 }, (_, at) => at);
  const written = write(long);
  void write([2]);
  await written;
  await until('the last one is there', limitMs, async () => readFileSync(path, 'utf8') === '[2]');
});

test('a folder that is not there keeps no writer waiting for long, and has the last value once it is', async (context) => {
  const folder = join(makeFolder(context), 'later');
  const path = join(folder, 'numbers.json');
  const write = createSnapshotWriter(path, log);
  const begun = performance.now();
  await Promise.all([write([1]), write([2])]);
  assert.ok(performance.now() - begun < limitMs);
  mkdirSync(folder);
  await until('it is written', limitMs, async () => {
    return statSync(path, { throwIfNoEntry: false }) !== undefined && readFileSync(path, 'utf8') === '[2]';
  });
});

test('shorter content takes the place of longer where no other file has room', async (context) => {
  const path = join(makeFolder(context), 'numbers.json');
  writeFileSync(path, '[1,2,3]');
  assert.equal(await overwriteFile(path, '[1,2,3,4]'), false);
  assert.equal(await overwriteFile(path, '[1]'), true);
  assert.equal(readFileSync(path, 'utf8'), '[1]');
});
