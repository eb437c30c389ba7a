import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { logLimits, openRotatingLog, tailLog } from './rotating-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-log-'));
after(() => rmSync(folder, { recursive: true }));

test('lines are whole however the output was cut, and a last one without its end is kept', () => {
  const log = openRotatingLog(join(folder, 'a.log'));
  const seen: string[] = [];
  const stop = log.follow((line) => seen.push(line));
  for (const piece of ['on', 'e\ntwo\nth', 'ree']) log.write(Buffer.from(piece));
  assert.deepEqual(tailLog(log.path, 10), ['one', 'two']);
  log.flush();
  assert.deepEqual(tailLog(log.path, 2), ['two', 'three']);
  assert.deepEqual(seen, ['one', 'two', 'three']);
  stop();
  log.write(Buffer.from('four\n'));
  assert.equal(seen.length, 3);
  assert.deepEqual(tailLog(join(folder, 'none.log'), 5), []);
});

test('never takes more than two files of its size, and still tells the last lines', () => {
  const log = openRotatingLog(join(folder, 'b.log'));
  const line = 'x'.repeat(9_999);
  const count = Math.ceil((2.5 * logLimits.fileBytes) / (line.length + 1));
  for (let number = 0; number < count; number++) log.write(Buffer.from(`${line}\n`));
  assert.ok(statSync(log.path).size <= logLimits.fileBytes);
  assert.ok(statSync(`${log.path}.1`).size <= logLimits.fileBytes);
  assert.deepEqual(tailLog(log.path, 3), [line, line, line]);
});

test('output without a line end does not grow in memory', () => {
  const log = openRotatingLog(join(folder, 'c.log'));
  log.write(Buffer.alloc(logLimits.lineBytes + 1, 'y'));
  assert.equal(tailLog(log.path, 1)[0]?.length, logLimits.lineBytes + 1);
});
