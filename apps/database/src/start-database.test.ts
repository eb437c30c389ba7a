import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startDatabase } from './start-database.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-database-'));
after(() => rmSync(root, { recursive: true }));

test('a folder is held while its database is served, and served once', async () => {
  const at = { folder: mkdtempSync(join(root, 'data-')), socketFolder: mkdtempSync(join(root, 'run-')) };
  const database = await startDatabase(at);
  assert.ok(statSync(join(at.socketFolder, '.s.PGSQL.5432')).isSocket());
  await assert.rejects(startDatabase(at), /Kumiki runs already on/);
  await database.close();
  const again = await startDatabase(at);
  await again.close();
});

test('a folder that holds something else is refused with the reason', async () => {
  const at = { folder: join(root, 'run-here'), socketFolder: root };
  const other = mkdtempSync(join(root, 'other-'));
  mkdtempSync(join(other, 'something-'));
  await assert.rejects(startDatabase({ ...at, folder: other }), (error: Error) =>
    /holds something else than a database/.test((error.cause as Error).message),
  );
});
