import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { create } from './open-pglite.ts';
import { unpackTar } from './unpack-tar.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-unpack-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('what the engine packs is unpacked with every file and every empty folder, for its owner alone', async () => {
  const database = await create(null, null);
  const archive = Buffer.from(await (await database.dumpDataDir('none')).arrayBuffer());
  await database.close();
  const folder = join(root, 'data');
  unpackTar(archive, folder);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of ['pg_notify', 'pg_wal/archive_status', 'base/1', 'global/pg_control'])
    assert.ok(names.includes(name), name);
  assert.match(readFileSync(join(folder, 'PG_VERSION'), 'utf8'), /^\d+\n$/);
  assert.equal(statSync(join(folder, 'pg_wal', '000000010000000000000001')).size, 16_777_216);
  for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
  const again = await create(folder, null);
  assert.deepEqual((await again.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await again.close();
});

test('sizes that fill their last block and names that fill their field are read to their end', () => {
  const entry = (name: string, body: string): Buffer => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, 'latin1');
    header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    header.write('0', 156, 'latin1');
    return Buffer.concat([header, Buffer.from(body), Buffer.alloc((512 - (body.length % 512)) % 512)]);
  };
  const long = 'n'.repeat(100);
  const whole = 'w'.repeat(512);
  const folder = join(root, 'entries');
  unpackTar(Buffer.concat([entry('whole', whole), entry(long, 'x'), entry('empty', ''), Buffer.alloc(1_024)]), folder);
  assert.deepEqual(readdirSync(folder), ['empty', long, 'whole']);
  assert.deepEqual(
    ['whole', long, 'empty'].map((name) => readFileSync(join(folder, name), 'utf8')),
    [whole, 'x', ''],
  );
});
