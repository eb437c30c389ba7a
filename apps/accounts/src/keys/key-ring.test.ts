import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkApiKeyFormat, createKeyBodySchema, makeApiKey } from '@kumiki/api';
import { createSecretHash } from '@kumiki/seal';
import { type AccountsFolder, accountsFolder } from '../folder/accounts-folder.ts';
import { openKeyRing } from './key-ring.ts';
import { openKeyStore } from './key-store.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-keys-'));
after(() => rmSync(root, { recursive: true }));

const body = createKeyBodySchema.parse({ name: 'shop' });
const pepper = randomBytes(32);

function newHome(): AccountsFolder {
  return accountsFolder(mkdtempSync(join(root, 'home-')));
}

const openRing = (home: AccountsFolder, now = 1_000) => openKeyRing(home, openKeyStore(home), pepper, () => now);

/** All stored bytes of keys. */
const storedText = (home: AccountsFolder): string =>
  readdirSync(home.keys)
    .map((name) => readFileSync(join(home.keys, name), 'utf8'))
    .join('');

test('a made key is stored as a hash only, listed redacted, and void after its revocation', async () => {
  const home = newHome();
  const ring = openRing(home);
  const snapshots: number[] = [];
  ring.onChange((records) => snapshots.push(records.length));
  const { record, key } = await ring.create(body);
  assert.equal(checkApiKeyFormat(key), 'valid');
  assert.equal(record.hash, createSecretHash(pepper)(key));
  assert.deepEqual(record.roles, ['inference']);
  const stored = storedText(home);
  assert.ok(!stored.includes(key) && stored.includes(record.hash));
  assert.equal(statSync(join(home.keys, `${record.id}.json`)).mode & 0o777, 0o600);
  assert.deepEqual(openRing(home).records(), [record]);
  const both = await Promise.all([ring.revoke(record.id), ring.revoke(record.id)]);
  assert.deepEqual(both.toSorted(), [false, true], 'one of two has revoked it');
  assert.equal(await ring.revoke(record.id), false);
  assert.deepEqual(snapshots, [1, 0]);
  assert.deepEqual(openRing(home).records(), []);
});

test('the key of a service is told to gateways, and neither listed nor stored', async () => {
  const home = newHome();
  const ring = openRing(home);
  const told: string[][] = [];
  ring.onChange((records) => told.push(records.map(({ roles }) => roles.join())));
  await ring.create(body);
  const key = makeApiKey(randomBytes);
  ring.addServiceKey('data', [], key);
  assert.deepEqual(told, [['inference'], ['inference', 'service']]);
  assert.equal(ring.snapshot()[1]?.hash, createSecretHash(pepper)(key));
  assert.equal(ring.records().length, 1);
  assert.ok(!storedText(home).includes('service'));
  assert.throws(() => createKeyBodySchema.parse({ name: 'x', roles: ['service'] }));
});

test("the machine's own key is made once, and anew when its file is gone or it was revoked", async () => {
  const home = newHome();
  const ring = openRing(home);
  const first = await ring.adminKey();
  assert.equal(first.isNew, true);
  assert.equal(statSync(home.adminKey).mode & 0o777, 0o600);
  assert.deepEqual(await ring.adminKey(), { ...first, isNew: false });
  await ring.revoke(ring.records()[0]!.id);
  const second = await ring.adminKey();
  assert.ok(second.isNew && second.key !== first.key);
  rmSync(home.adminKey);
  assert.equal((await ring.adminKey()).isNew, true);
});

test('the one file of former versions becomes a file for each key, once', async () => {
  const home = newHome();
  const from = newHome();
  const ring = openRing(from);
  for (let at = 0; at < 5; at++) await ring.create(body);
  const records = [...ring.records()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  writeFileSync(home.formerKeys, JSON.stringify(records, null, 2));
  writeFileSync(home.pepper, pepper);
  // The state after a start that was killed while it created the files.
  mkdirSync(`${home.keys}.new`);
  writeFileSync(join(`${home.keys}.new`, `${records[0]!.id}.json`), '{"sha');
  assert.deepEqual(openRing(home).records(), records);
  assert.ok(readdirSync(home.path).includes('keys.json.1') && !readdirSync(home.path).includes('keys.json'));
  await openRing(home).revoke(records[0]!.id);
  assert.deepEqual(openRing(home).records(), records.slice(1), 'the former file brings no key back');
});

test('keys have room in bytes, and a key beyond it is refused with the limit, whatever asks at once', async () => {
  const home = newHome();
  const ring = openRing(home);
  const large = { ...body, models: Array.from({ length: 256 }, (_, at) => `${at}`.padEnd(255, 'x')) };
  const results = await Promise.allSettled(Array.from({ length: 140 }, async () => ring.create(large)));
  const refused = results.filter(({ status }) => status === 'rejected');
  const [first] = refused as PromiseRejectedResult[];
  assert.match(
    String(first?.reason),
    /The keys would have \d+ bytes, more than the limit of 8388608; revoke some first/,
  );
  assert.equal(ring.records().length, 140 - refused.length);
  assert.equal(openRing(home).records().length, ring.records().length);
  await ring.revoke(ring.records()[0]!.id);
  await ring.create(large);
  await assert.rejects(ring.create(large), { code: 'conflict' });
});
