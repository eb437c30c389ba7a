import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countCrash, defaultRestartPolicy, restartDelayMs } from './restart-backoff.ts';

const jitter = fc.double({ min: 0, max: 0.999_999, noNaN: true });

test('the first restart is immediate, whatever the jitter', () => {
  fc.assert(fc.property(jitter, (value) => assert.equal(restartDelayMs(1, value), 0)));
});

test('waits grow with every crash in a row and never pass their limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1_000 }), jitter, (crashes, value) => {
      const wait = restartDelayMs(crashes, value);
      const { baseMs, maxMs } = defaultRestartPolicy;
      assert.ok(wait >= baseMs / 2 && wait <= maxMs);
      assert.ok(restartDelayMs(crashes + 1, value) >= wait);
    }),
  );
});

test('a crash after a stable time counts as the first, an earlier one adds up', () => {
  assert.equal(countCrash(7, defaultRestartPolicy.stableMs), 1);
  assert.equal(countCrash(7, defaultRestartPolicy.stableMs - 1), 8);
  assert.equal(countCrash(0, 0), 1);
});
