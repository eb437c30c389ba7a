import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecretHash, isSameHash } from './secret-hash.ts';

test('the hash is HMAC-SHA-256 in hex, as the second test case of RFC 4231 has it', () => {
  const hash = createSecretHash(Buffer.from('Jefe'));
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  assert.equal(hash('what do ya want for nothing?'), expected);
  assert.equal(hash('what do ya want for nothing?'), expected);
});

test('a hash equals its own bytes and no others, of whatever length', () => {
  const hash = createSecretHash(Buffer.alloc(32, 7));
  const stored = Buffer.from(hash('a'), 'hex');
  assert.equal(isSameHash(hash('a'), stored), true);
  assert.equal(isSameHash(hash('b'), stored), false);
  assert.equal(isSameHash(hash('a'), stored.subarray(1)), false);
  assert.equal(isSameHash('', stored), false);
});
