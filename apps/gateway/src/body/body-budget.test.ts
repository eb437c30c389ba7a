import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBodyBudget, shareMemory } from './body-budget.ts';

const memory = { totalBytes: 1_000, keyBytes: 400, addressBytes: 600, publicBytes: 100 };

test('a key, an address and everybody without a key have their shares, and all together the whole', () => {
  const budget = createBodyBudget(memory);
  const a = budget.open('a', '192.0.2.1');
  assert.equal(a.grow(400), null);
  assert.match(budget.open('a', '192.0.2.2').grow(1)?.message ?? '', /of this key is at its limit of 400 bytes/);
  assert.match(budget.open('b', '192.0.2.1').grow(201)?.message ?? '', /of this address is at its limit of 600 bytes/);
  assert.equal(budget.open('b', null).grow(400), null);
  assert.match(budget.open(null, null).grow(101)?.message ?? '', /without a key is at its limit of 100 bytes/);
  const refusal = budget.open('c', null).grow(201);
  assert.match(
    refusal?.message ?? '',
    /^The memory for request bodies is at its limit of 1000 bytes\. Try again in 1 s/,
  );
  assert.deepEqual([refusal?.code, refusal?.status, refusal?.retryAfterMs], ['overloaded', 503, 1_000]);
  assert.equal(budget.held(), 800);
  a.release();
  a.release();
  assert.equal(budget.held(), 400);
  assert.equal(budget.open('a', '192.0.2.1').grow(400), null);
});

test('whatever is held and given back, nothing is beyond a share, and nothing is left over', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', null),
    address: fc.constantFrom('x', 'y', null),
    sizes: fc.array(fc.nat(500), { maxLength: 4 }),
    releases: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const budget = createBodyBudget(memory);
      const held = steps.map(({ key, address, sizes, releases }) => {
        const hold = budget.open(key, address);
        let bytes = 0;
        for (const size of sizes) if (hold.grow(size) === null) bytes = Math.max(bytes, size);
        if (releases) hold.release();
        return { key, address, hold, bytes: releases ? 0 : bytes };
      });
      const sum = (of: typeof held): number => of.reduce((total, { bytes }) => total + bytes, 0);
      assert.equal(budget.held(), sum(held));
      assert.ok(budget.held() <= memory.totalBytes);
      for (const key of ['a', 'b', 'c']) assert.ok(sum(held.filter((one) => one.key === key)) <= memory.keyBytes);
      assert.ok(sum(held.filter((one) => one.key === null)) <= memory.publicBytes);
      assert.ok(sum(held.filter((one) => one.address === 'x')) <= memory.addressBytes);
      for (const { hold } of held) hold.release();
      assert.equal(budget.held(), 0);
      assert.equal(budget.open('a', 'x').grow(memory.keyBytes), null);
    }),
  );
});

test('however little memory there is, two of the largest bodies fit a share', () => {
  assert.deepEqual(shareMemory(1_024, 32), { totalBytes: 1_024, keyBytes: 256, addressBytes: 512, publicBytes: 1_024 });
  assert.deepEqual(shareMemory(64, 32), { totalBytes: 64, keyBytes: 64, addressBytes: 64, publicBytes: 64 });
});
