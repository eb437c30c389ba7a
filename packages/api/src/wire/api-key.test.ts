import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { checkApiKeyFormat, makeApiKey, redactApiKey } from './api-key.ts';

test('a made key has the format, and any single changed character is noticed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 49 }), fc.constantFrom('0', 'A', 'z', '9'), (at, character) => {
      const key = makeApiKey(randomBytes);
      assert.equal(checkApiKeyFormat(key), 'valid');
      if (key[at] === character) return;
      const wrong = key.slice(0, at) + character + key.slice(at + 1);
      assert.equal(checkApiKeyFormat(wrong), 'checksum_mismatch');
    }),
  );
});

test('the checksum is the CRC-32 that zlib computes', () => {
  const key = makeApiKey(randomBytes);
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let value = 0;
  for (const digit of key.slice(-6)) value = value * 62 + digits.indexOf(digit);
  assert.equal(value, crc32(key.slice(0, -6)));
});

test('what is no key is malformed, and a redacted key shows too little to guess it', () => {
  for (const text of ['', 'kmk_', 'sk-abc', `kmk_${'a'.repeat(47)}`, `kmk_${'ä'.repeat(46)}`]) {
    assert.equal(checkApiKeyFormat(text), 'malformed');
  }
  assert.match(redactApiKey(makeApiKey(randomBytes)), /^kmk_.{3}….{4}$/);
});
