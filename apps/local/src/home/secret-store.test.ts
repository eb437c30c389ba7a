import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSecretStore } from './secret-store.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-secrets-'));
after(() => rmSync(root, { recursive: true }));
const newFolder = (): string => join(mkdtempSync(join(root, 'home-')), 'secrets');

test('a value is read as it was set, by the operator alone, and is in no list', () => {
  const folder = newFolder();
  const store = openSecretStore(folder);
  const secret = { name: 'vllm.shop', key: 'API_KEY' };
  assert.equal(store.read(secret), null);
  store.set(secret, 'sk-1', 7);
  store.set({ name: 'vllm.shop', key: 'api-key' }, 'sk-2', 8);
  store.set(secret, 'sk-3', 9);
  assert.equal(store.read(secret), 'sk-3');
  assert.deepEqual(store.list(), [
    { name: 'vllm.shop', key: 'API_KEY', setAt: 9 },
    { name: 'vllm.shop', key: 'api-key', setAt: 8 },
  ]);
  assert.equal(statSync(store.pathOf(secret)).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(store.delete('vllm.shop', 'API_KEY'), true);
  assert.equal(store.delete('vllm.shop', 'API_KEY'), false);
  assert.equal(store.delete('vllm.shop', null), true);
  assert.deepEqual(readdirSync(folder), []);
});

test('what is no secret of ours is none, and what is wrong with it is not told', () => {
  const folder = newFolder();
  const store = openSecretStore(folder);
  const secret = { name: 'vllm', key: 'api-key' };
  mkdirSync(join(folder, 'vllm'), { recursive: true });
  const elsewhere = join(root, 'elsewhere.json');
  writeFileSync(elsewhere, JSON.stringify({ version: 1, set_at: 1, value: 'sk-of-another' }));
  symlinkSync(elsewhere, store.pathOf(secret));
  assert.equal(store.read(secret), null, 'a link leads out of the folder');
  rmSync(store.pathOf(secret));
  for (const text of ['', 'sk-1', '{"version":1,"set_at":1,"value":"a\\nb"}', `{"version":1${' '.repeat(20_000)}}`]) {
    writeFileSync(store.pathOf(secret), text);
    assert.equal(store.read(secret), null);
    assert.deepEqual(store.list(), [{ ...secret, setAt: null }]);
  }
  store.set(secret, 'sk-1', 1);
  assert.equal(store.read(secret), 'sk-1', 'it is mended by setting it again');
});

test('what no header could carry is refused', () => {
  const store = openSecretStore(newFolder());
  for (const value of ['', ' a', 'a ', 'a\r\nx-evil: 1', 'ключ', 'a\u0000', 'x'.repeat(4_097)]) {
    assert.throws(() => store.set({ name: 'a', key: 'b' }, value, 1), /one line/, JSON.stringify(value));
  }
  store.set({ name: 'a', key: 'b' }, 'x'.repeat(4_096), 1);
});
