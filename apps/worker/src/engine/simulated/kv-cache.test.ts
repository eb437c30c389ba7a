import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createKvCache, type KvLease } from './kv-cache.ts';

const tokens = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);

test('whole blocks of a prompt that was there before are found again, at least one token is not', () => {
  const cache = createKvCache({ blocks: 16, blockTokens: 4 });
  cache.begin(tokens(8))!.release(tokens(10));
  assert.equal(cache.usage(), 0);
  assert.equal(cache.begin(tokens(8))!.cachedTokens, 4);
  assert.equal(cache.begin(tokens(9))!.cachedTokens, 8);
  assert.equal(cache.begin(tokens(9, 1))!.cachedTokens, 0);
  assert.deepEqual([cache.queries, cache.hits], [34, 12]);
});

test('when room is needed, what was unused for longest goes first', () => {
  const cache = createKvCache({ blocks: 4, blockTokens: 4 });
  cache.begin(tokens(8))!.release(tokens(8));
  cache.begin(tokens(8, 100))!.release(tokens(8, 100));
  const big = cache.begin(tokens(8, 200))!;
  assert.equal(cache.begin(tokens(9, 100))?.cachedTokens, undefined, 'two blocks are not three');
  big.release(tokens(8, 200));
  assert.equal(cache.begin(tokens(9, 100))!.cachedTokens, 8);
});

test('whatever is taken and given back, no block is lost or given twice', () => {
  const action = fc.record({
    size: fc.integer({ min: 1, max: 40 }),
    from: fc.nat(3),
    release: fc.nat(10),
    grow: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const cache = createKvCache({ blocks: 12, blockTokens: 4 });
      const leases: { lease: KvLease; held: number[] }[] = [];
      for (const { size, from, release, grow } of actions) {
        const held = tokens(size, from * 1_000);
        const lease = cache.begin(held);
        if (lease !== null) {
          if (lease.grow(size + grow)) held.push(...tokens(grow, 5_000));
          leases.push({ lease, held });
        }
        const [ending] = leases.splice(release, 1);
        ending?.lease.release(ending.held);
        assert.ok(cache.usage() >= 0 && cache.usage() <= 1);
      }
      for (const { lease, held } of leases) lease.release(held);
      assert.equal(cache.usage(), 0);
      assert.notEqual(cache.begin(tokens(48, 9_000)), null, 'all blocks can be taken again');
    }),
  );
});
