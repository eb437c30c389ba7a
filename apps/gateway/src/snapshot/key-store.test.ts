import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { KumikiError, makeApiKey, type KeyRecord } from '@kumiki/api';
import { createSecretHash } from '@kumiki/seal';
import { createKeyStore } from './key-store.ts';

const pepper = randomBytes(32);
const apiKey = makeApiKey(randomBytes);
const record: KeyRecord = {
  id: 'key_1',
  name: 'test',
  project: 'default',
  hash: createSecretHash(pepper)(apiKey),
  roles: ['inference'],
  models: null,
  limits: { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null },
  expiresAt: null,
};

function reason(thunk: () => unknown): string {
  try {
    thunk();
  } catch (error) {
    assert.ok(error instanceof KumikiError && error.code === 'invalid_api_key');
    return error.message;
  }
  throw new Error('was let in');
}

test('a known key is let in, however "Bearer" is written', () => {
  const store = createKeyStore(pepper, [record]);
  assert.equal(store.authenticate(`Bearer ${apiKey}`, 0), record);
  assert.equal(store.authenticate(`bearer  ${apiKey} `, 0), record);
});

test('what is wrong with a key is said, without the key', () => {
  const store = createKeyStore(pepper, [record]);
  const other = makeApiKey(randomBytes);
  const typo = apiKey.slice(0, 9) + (apiKey[9] === 'a' ? 'b' : 'a') + apiKey.slice(10);
  assert.match(
    reason(() => store.authenticate(undefined, 0)),
    /there is none/,
  );
  assert.match(
    reason(() => store.authenticate('Basic abc', 0)),
    /form "Bearer/,
  );
  assert.match(
    reason(() => store.authenticate('Bearer sk-123', 0)),
    /not the form/,
  );
  assert.match(
    reason(() => store.authenticate(`Bearer ${typo}`, 0)),
    /mistyped/,
  );
  assert.match(
    reason(() => store.authenticate(`Bearer ${other}`, 0)),
    /not known/,
  );
  assert.match(
    reason(() => store.authenticate(`Bearer ${'x'.repeat(9_999)}`, 0)),
    /too long/,
  );
  assert.ok(!reason(() => store.authenticate(`Bearer ${other}`, 0)).includes(other));
});

test('an expired or revoked key is refused from that moment', () => {
  const store = createKeyStore(pepper, [{ ...record, expiresAt: 100 }]);
  assert.ok(store.authenticate(`Bearer ${apiKey}`, 99));
  assert.match(
    reason(() => store.authenticate(`Bearer ${apiKey}`, 100)),
    /expired/,
  );
  store.replace([]);
  assert.match(
    reason(() => store.authenticate(`Bearer ${apiKey}`, 0)),
    /not known/,
  );
});

test('a hash under another pepper does not let the key in', () => {
  const store = createKeyStore(randomBytes(32), [record]);
  assert.match(
    reason(() => store.authenticate(`Bearer ${apiKey}`, 0)),
    /not known/,
  );
});
