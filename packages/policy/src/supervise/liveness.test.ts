import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addHealthCheck,
  defaultLivenessPolicy,
  type HealthCheckResult,
  judgeLiveness,
  noHealthYet,
} from './liveness.ts';

const after = (...results: readonly HealthCheckResult[]) => judgeLiveness(results.reduce(addHealthCheck, noHealthYet));

test('silence kills after the limit, and any answer starts the count again', () => {
  const silent = Array.from({ length: defaultLivenessPolicy.failuresInARow }, () => 'silent' as const);
  assert.equal(after(...silent), 'silent');
  assert.equal(after(...silent.slice(1)), null);
  assert.equal(after(...silent.slice(1), 'answered', 'silent'), null);
});

test('an engine that stands still is dead although it answers', () => {
  assert.equal(after('stalled'), null);
  assert.equal(after('stalled', 'stalled'), 'stalled');
  assert.equal(after('stalled', 'answered', 'stalled'), null);
});

test('checks that came late never kill', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100 }), (count) => {
      assert.equal(after('silent', ...Array.from({ length: count }, () => 'inconclusive' as const)), null);
    }),
  );
});
