import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSecretHash, isSameHash } from './secret-hash.ts';

test('the hash is HMAC-SHA-256 in hex, as the second test case of RFC 4231 has it', () => {
  const hash = createSecretHash(Buffer.from('Jefe'));
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
  assert.equal(hash('what do ya want for nothing?'), expected);
  assert.equal(hash('what do ya want for nothing?'), expected);
});

test('it is the HMAC of node:crypto for peppers and secrets of every length', () => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.constantFrom(341, 342, 1_024, 1_025, 5_000));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      lengths,
      fc.string({ unit: 'binary', maxLength: 20 }),
      (pepper, length, tail) => {
        const bytes = randomBytes(pepper);
        const hash = createSecretHash(bytes);
        for (const secret of ['x'.repeat(length) + tail, tail, '組'.repeat(length)]) {
          assert.equal(hash(secret), createHmac('sha256', bytes).update(secret).digest('hex'));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a hash equals its own bytes and no others, of whatever length', () => {
  const hash = createSecretHash(Buffer.alloc(32, 7));
  const stored = Buffer.from(hash('a'), 'hex');
  assert.equal(isSameHash(hash('a'), stored), true);
  assert.equal(isSameHash(hash('b'), stored), false);
  assert.equal(isSameHash(hash('a'), stored.subarray(1)), false);
  assert.equal(isSameHash('', stored), false);
});
