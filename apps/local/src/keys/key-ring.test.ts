import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkApiKeyFormat, createKeyBodySchema } from '@kumiki/api';
import { holdHome } from '../home/hold-home.ts';
import { openPepper } from '../home/pepper.ts';
import { openKeyRing } from './key-ring.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-keys-'));
after(() => rmSync(root, { recursive: true }));

const body = createKeyBodySchema.parse({ name: 'shop' });

test('a made key is stored as a hash only, listed redacted, and void after its revocation', async () => {
  const home = await holdHome(join(root, 'a'));
  const { pepper } = openPepper(home.pepper);
  const { ring } = openKeyRing(home, pepper, () => 1_000);
  const snapshots: number[] = [];
  ring.onChange((records) => snapshots.push(records.length));
  const { record, key } = ring.create(body);
  assert.equal(checkApiKeyFormat(key), 'valid');
  assert.equal(record.hash, createHmac('sha256', pepper).update(key).digest('hex'));
  assert.deepEqual(record.roles, ['inference']);
  const stored = readFileSync(home.keys, 'utf8');
  assert.ok(!stored.includes(key) && stored.includes(record.hash));
  assert.equal(statSync(home.keys).mode & 0o777, 0o600);
  const again = openKeyRing(home, pepper, () => 2_000).ring;
  assert.deepEqual(again.records(), [record]);
  assert.equal(ring.revoke(record.id), true);
  assert.equal(ring.revoke(record.id), false);
  assert.deepEqual(snapshots, [1, 0]);
});

test('the key of a service is told to gateways, and neither listed nor stored', async () => {
  const home = await holdHome(join(root, 'd'));
  const { pepper } = openPepper(home.pepper);
  const { ring } = openKeyRing(home, pepper, () => 1_000);
  const told: string[][] = [];
  ring.onChange((records) => told.push(records.map(({ roles }) => roles.join())));
  ring.create(body);
  const key = ring.serviceKey('data');
  assert.equal(checkApiKeyFormat(key), 'valid');
  assert.deepEqual(told, [['inference'], ['inference', 'service']]);
  assert.equal(ring.snapshot()[1]?.hash, createHmac('sha256', pepper).update(key).digest('hex'));
  assert.equal(ring.records().length, 1);
  assert.ok(!readFileSync(home.keys, 'utf8').includes('service'));
  assert.throws(() => createKeyBodySchema.parse({ name: 'x', roles: ['service'] }));
});

test("the machine's own key is made once, and anew when its file or its record is gone", async () => {
  const home = await holdHome(join(root, 'b'));
  const { pepper } = openPepper(home.pepper);
  const { ring } = openKeyRing(home, pepper, () => 1_000);
  const first = ring.adminKey();
  assert.equal(first.isNew, true);
  assert.equal(statSync(home.adminKey).mode & 0o777, 0o600);
  assert.deepEqual(ring.adminKey(), { ...first, isNew: false });
  ring.revoke(ring.records()[0]!.id);
  const second = ring.adminKey();
  assert.ok(second.isNew && second.key !== first.key);
  rmSync(home.adminKey);
  assert.equal(ring.adminKey().isNew, true);
});

test('damaged keys and a damaged pepper are moved aside and reported', async () => {
  const home = await holdHome(join(root, 'c'));
  const { pepper } = openPepper(home.pepper);
  openKeyRing(home, pepper, () => 1).ring.create(body);
  writeFileSync(home.keys, readFileSync(home.keys, 'utf8').slice(0, 50));
  const opened = openKeyRing(home, pepper, () => 1);
  assert.match(opened.report ?? '', /keys\.json could not be used/);
  assert.deepEqual(opened.ring.records(), []);
  writeFileSync(home.pepper, 'short');
  const renewed = openPepper(home.pepper);
  assert.match(renewed.report ?? '', /5 bytes instead of 32; keys made before are void/);
  assert.notDeepEqual(renewed.pepper, pepper);
});
