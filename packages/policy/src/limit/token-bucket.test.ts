import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fullBucket, refill, reserve, settle, untilFull } from './token-bucket.ts';

test('over any stretch of time no more passes than the limit plus one burst', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 1, max: 50 })), { maxLength: 100 }),
      (perMinute, events) => {
        let now = 0;
        let passed = 0;
        let bucket = fullBucket(perMinute, 0);
        let largest = 0;
        for (const [after, amount] of events) {
          now += after;
          const result = reserve(bucket, amount, perMinute, now);
          bucket = result.bucket;
          if (!result.allowed) continue;
          passed += amount;
          largest = Math.max(largest, amount);
        }
        assert.ok(passed <= perMinute + (now * perMinute) / 60_000 + largest + 1e-3);
      },
    ),
  );
});

test('a refused request passes after exactly the wait that it was told', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 20_000 }), (perMinute, amount) => {
      const empty = { level: 0, at: 0 };
      const result = reserve(empty, amount, perMinute, 0);
      assert.equal(result.allowed, false);
      if (result.allowed) return;
      assert.ok(reserve(result.bucket, amount, perMinute, result.waitMs).allowed);
    }),
  );
});

test('settling gives back what was not used and takes what was used beyond', () => {
  const reserved = reserve(fullBucket(100, 0), 60, 100, 0).bucket;
  assert.equal(settle(reserved, 50, 100).level, 90);
  assert.equal(settle(reserved, 500, 100).level, 100);
  assert.equal(settle(reserved, -80, 100).level, -40);
  assert.equal(untilFull(settle(reserved, -80, 100), 100), 84_000);
});

test('time that runs backwards gives nothing away', () => {
  const bucket = { level: 5, at: 1_000 };
  assert.deepEqual(refill(bucket, 60, 500), { level: 5, at: 1_000 });
});
