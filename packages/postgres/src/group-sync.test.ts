import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGroupSync } from './group-sync.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-sync-'));
after(() => rmSync(folder, { recursive: true }));

function newFile(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, 'log');
  return path;
}

test('who comes while the disk works shares the next sync, and nobody is told before his own', async () => {
  const log = createGroupSync();
  const path = newFile('log');
  await log.settled();
  log.wrote(path);
  assert.ok(log.isDirty());
  const first = log.settled();
  assert.equal(log.settled(), first, 'one sync for both');
  await Promise.resolve();
  await Promise.resolve();
  log.wrote(path);
  const second = log.settled();
  assert.notEqual(second, first);
  await first;
  assert.ok(log.isDirty(), 'what was written meanwhile is not on the disk yet');
  await second;
  assert.ok(!log.isDirty());
});

test('what must not wait is synced at once, also what is being synced', async () => {
  const log = createGroupSync();
  log.wrote(newFile('now'));
  const settled = log.settled();
  log.wrote(newFile('more'));
  log.settleNow();
  await settled;
  assert.ok(!log.isDirty());
});

test('a part of the log that is gone was synced by the checkpoint that removed it; a disk that refuses is told for good', async () => {
  const log = createGroupSync();
  log.wrote(join(folder, 'removed'));
  await log.settled();
  log.wrote(folder);
  await assert.rejects(log.settled(), { code: 'EISDIR' });
  log.wrote(newFile('later'));
  await assert.rejects(log.settled(), { code: 'EISDIR' });
});
