import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { holdHome } from './hold-home.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-hold-'));
after(() => rmSync(root, { recursive: true }));

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('state that others can read is closed to them, and a link in it leads nobody to change another file', async () => {
  const path = join(root, 'open');
  const outside = join(root, 'outside');
  writeFileSync(outside, 'of somebody else');
  chmodSync(outside, 0o644);
  mkdirSync(path);
  for (const folder of ['keys', 'services', 'data']) {
    mkdirSync(join(path, folder));
    chmodSync(join(path, folder), 0o2775);
  }
  for (const file of ['pepper', 'admin.key', 'sessions.json', 'lock']) {
    writeFileSync(join(path, file), 'x');
    chmodSync(join(path, file), 0o664);
  }
  symlinkSync(outside, join(path, 'link'));
  chmodSync(path, 0o777);
  const home = await holdHome(path);
  for (const folder of [path, ...['keys', 'services', 'data', 'logs', 'cache'].map((name) => join(path, name))]) {
    assert.equal(modeOf(folder), 0o700, folder);
  }
  for (const file of ['pepper', 'admin.key', 'sessions.json', 'lock.db', 'lock.json']) {
    assert.equal(modeOf(join(path, file)), 0o600, file);
  }
  assert.equal(modeOf(outside), 0o644);
  assert.ok(!readdirSync(path).includes('lock'), 'the lock of former versions is gone');
  home.release();
});

test('a folder whose database another process holds is given free again', async () => {
  const path = join(root, 'half');
  const other = await holdHome(join(root, 'other'));
  mkdirSync(path);
  symlinkSync(other.data, join(path, 'data'));
  await assert.rejects(holdHome(path), /Kumiki runs already on .*half\/data/);
  other.release();
  (await holdHome(path)).release();
});

const skip = isRoot ? false : 'only root can make folders of other users';

test('a folder of another user is refused with what to do, before anything in it is touched', { skip }, async () => {
  const path = join(root, 'foreign');
  mkdirSync(path);
  chmodSync(root, 0o755);
  chmodSync(path, 0o777);
  const module = JSON.stringify(new URL('./hold-home.ts', import.meta.url).href);
  const script = `
    const { holdHome } = await import(${module});
    // Only after the imports, since the other user may not be allowed to read this file.
    process.setgid(${nobody});
    process.setuid(${nobody});
    await holdHome(${JSON.stringify(path)}).then(
      () => process.stdout.write('held'), (error) => process.stdout.write(error.message));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await once(child, 'close');
  assert.match(said, /foreign belongs to another user \(0; this is 65534\).*Run Kumiki as that user, or take a folder/);
  assert.deepEqual(readdirSync(path), []);
});
