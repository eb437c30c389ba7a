import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSessionRing, sessionSeconds } from './session-ring.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-sessions-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const pepper = randomBytes(32);
let files = 0;

function openAt(path: string, now: () => number = () => 1_000, keys: ReadonlySet<string> = new Set(['key_1'])) {
  return openSessionRing({ path, pepper, now, hasKey: (id) => keys.has(id) });
}

const newPath = (): string => join(folder, `${files++}.json`);

test('a session is kept over a restart, by its hash alone, in a file for nobody else', () => {
  const path = newPath();
  const { ring } = openAt(path);
  const seen: number[] = [];
  ring.onChange((sessions) => seen.push(sessions.length));
  const { record, secret } = ring.open('key_1');
  assert.equal(record.hash, createHmac('sha256', pepper).update(secret).digest('hex'));
  assert.equal(record.expiresAt, 1_000 + sessionSeconds);
  assert.ok(!readFileSync(path, 'utf8').includes(secret));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const again = openAt(path).ring;
  assert.deepEqual(again.snapshot(), [record]);
  assert.equal(ring.close(record.id), true);
  assert.equal(ring.close(record.id), false);
  assert.deepEqual(seen, [1, 0]);
  assert.deepEqual(openAt(path).ring.snapshot(), []);
});

test('sessions are bounded: those that are void go first, then the oldest', () => {
  let now = 1_000;
  const keys = new Set(['key_1', 'key_2']);
  const { ring } = openAt(newPath(), () => now, keys);
  ring.open('key_1');
  now += sessionSeconds;
  ring.open('key_2');
  keys.delete('key_2');
  const first = ring.open('key_1').record;
  assert.deepEqual(ring.snapshot(), [first]);
  for (let at = 0; at < 256; at++) ring.open('key_1');
  assert.equal(ring.snapshot().length, 256);
  assert.equal(ring.get(first.id), undefined);
});

test('a damaged file is moved aside and told, and signs everybody out', () => {
  const path = newPath();
  writeFileSync(path, '[{"id":');
  const { ring, report } = openAt(path);
  assert.match(report ?? '', /could not be used \(it is not whole JSON\)/);
  assert.deepEqual(ring.snapshot(), []);
});
