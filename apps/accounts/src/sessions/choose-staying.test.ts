import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseStaying } from './choose-staying.ts';

const entry = fc.record({ keyId: fc.constantFrom('a', 'b', 'c', 'd'), id: fc.nat() });

test('there is room for one more, of its key and in all, and nothing goes without need', () => {
  fc.assert(
    fc.property(
      fc.array(entry, { maxLength: 40 }),
      fc.constantFrom('a', 'b', 'e'),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 4, max: 24 }),
      (entries, keyId, perKey, total) => {
        const stay = chooseStaying(entries, keyId, { perKey, total });
        const own = stay.filter((one) => one.keyId === keyId).length;
        assert.ok(own < perKey);
        assert.ok(stay.length < total);
        const fits = entries.filter((one) => one.keyId === keyId).length < perKey && entries.length < total;
        if (fits) assert.deepEqual(stay, entries);
        // The newest entries of each key stay.
        for (const key of ['a', 'b', 'c', 'd']) {
          const of = (list: readonly { keyId: string }[]) => list.filter((one) => one.keyId === key);
          const kept = of(stay);
          assert.deepEqual(kept, of(entries).slice(of(entries).length - kept.length));
        }
      },
    ),
  );
});

test('a key that creates many evicts only its own', () => {
  let entries: readonly { readonly keyId: string; readonly at: number }[] = [{ keyId: 'quiet', at: 0 }];
  for (let at = 1; at < 500; at++) {
    const keyId = at % 2 === 0 ? 'loud' : 'louder';
    entries = [...chooseStaying(entries, keyId, { perKey: 10, total: 12 }), { keyId, at }];
  }
  assert.deepEqual(entries[0], { keyId: 'quiet', at: 0 });
  assert.equal(entries.length, 12);
});
