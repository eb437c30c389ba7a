import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createSecretHash } from '@kumiki/seal';
import { openSessionRing, sessionSeconds } from './session-ring.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-sessions-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const pepper = randomBytes(32);
let files = 0;

function openAt(path: string, now: () => number = () => 1_000, keys: ReadonlySet<string> = new Set(['key_1'])) {
  return openSessionRing({ path, pepper, now, hasKey: (id) => keys.has(id) });
}

const newPath = (): string => join(folder, `${files++}.json`);

test('a session survives a restart, stored only by its hash in a private file', async () => {
  const path = newPath();
  const { ring } = openAt(path);
  const seen: number[] = [];
  ring.onChange((sessions) => seen.push(sessions.length));
  const { record, secret } = await ring.open('key_1');
  assert.equal(record.hash, createSecretHash(pepper)(secret));
  assert.equal(record.expiresAt, 1_000 + sessionSeconds);
  assert.ok(!readFileSync(path, 'utf8').includes(secret));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const again = openAt(path).ring;
  assert.deepEqual(again.snapshot(), [record]);
  const isIt = ({ id }: { id: string }): boolean => id === record.id;
  assert.equal(await ring.end(isIt), 1);
  assert.equal(await ring.end(isIt), 0);
  assert.deepEqual(seen, [1, 0]);
  assert.deepEqual(openAt(path).ring.snapshot(), []);
});

test('sessions are bounded: those that are void go first, then the oldest of the key', async () => {
  let now = 1_000;
  const keys = new Set(['key_1', 'key_2']);
  const { ring } = openAt(newPath(), () => now, keys);
  await ring.open('key_1');
  now += sessionSeconds;
  await ring.open('key_2');
  keys.delete('key_2');
  const first = (await ring.open('key_1')).record;
  assert.deepEqual(ring.snapshot(), [first]);
  keys.add('key_2');
  const other = (await ring.open('key_2')).record;
  for (let at = 0; at < 128; at++) await ring.open('key_1');
  assert.equal(ring.snapshot().length, 129);
  assert.equal(ring.get(first.id), undefined);
  assert.equal(ring.get(other.id)?.keyId, 'key_2');
});

test('sessions of a deleted key are removed at once, and holders of a snapshot are notified', async () => {
  const keys = new Set(['key_1', 'key_2']);
  const { ring } = openAt(newPath(), () => 1_000, keys);
  const gone = (await ring.open('key_1')).record;
  const stays = (await ring.open('key_2')).record;
  const seen: string[][] = [];
  ring.onChange((sessions) => seen.push(sessions.map(({ id }) => id)));
  ring.prune();
  assert.deepEqual(seen, []);
  keys.delete('key_1');
  assert.equal(ring.get(gone.id), undefined);
  ring.prune();
  assert.deepEqual(seen, [[stays.id]]);
});

test('what a browser says of itself is kept in one line of bounded length, and told to no gateway', async () => {
  const path = newPath();
  const { ring } = openAt(path);
  await ring.open('key_1', `Moz\u001b[31milla\n\u202e 5.0 ${'x'.repeat(1_000)}`);
  await ring.open('key_1', '\u0000');
  const texts = openAt(path)
    .ring.list()
    .map(({ userAgent }) => userAgent);
  assert.equal(texts[0]?.length, 256);
  assert.ok(texts[0]?.startsWith('Moz [31milla 5.0 xxx'), texts[0] ?? '');
  assert.equal(texts[1], '');
  assert.ok(ring.snapshot().every((record) => !('userAgent' in record)));
});

test('a file of before is read', async () => {
  const path = newPath();
  const { ring } = openAt(path);
  const { record } = await ring.open('key_1');
  writeFileSync(path, JSON.stringify([record]));
  assert.deepEqual(openAt(path).ring.list(), [{ ...record, userAgent: null }]);
});

test('a damaged file signs everybody out and is told, and the next session is stored', async () => {
  const path = newPath();
  writeFileSync(path, '[{"id":');
  const { ring, report } = openAt(path);
  assert.match(report ?? '', /cannot be used \(it is not whole JSON\)/);
  assert.deepEqual(ring.snapshot(), []);
  const { record } = await ring.open('key_1');
  assert.deepEqual(openAt(path).ring.snapshot(), [record]);
});
