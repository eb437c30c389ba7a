import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePepper, encodePepper, makePepper } from './pepper.ts';

test('a pepper is read as it was written, and one without a checksum as it is', () => {
  const pepper = makePepper();
  assert.equal(pepper.length, 32);
  assert.deepEqual(decodePepper(encodePepper(pepper)), pepper);
  assert.deepEqual(decodePepper(pepper), pepper);
  assert.deepEqual(decodePepper(Buffer.alloc(16, 1)), Buffer.alloc(16, 1));
});

test('a pepper that is short or whose checksum does not match is none', () => {
  assert.equal(decodePepper(Buffer.alloc(15)), null);
  for (let at = 0; at < 64; at += 1) {
    const damaged = encodePepper(makePepper());
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.equal(decodePepper(damaged), null, `byte ${at}`);
  }
});
