import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api/errors';
import fc from 'fast-check';
import { DatabaseError } from './database.ts';
import { planRepeat, repeatLimits } from './plan-repeat.ts';

const refused = (sqlState: string): DatabaseError => new DatabaseError('refused', sqlState, null, null);

test('what gives way is repeated a few times within a bounded time, and then refused as unavailable', () => {
  const states = fc.constantFrom('40001', '40P01');
  const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(states, fractions, fc.integer({ min: 0, max: 2_000 }), (state, random, runMs) => {
      let elapsedMs = 0;
      for (let runs = 1; ; runs++) {
        elapsedMs += runMs;
        const plan = planRepeat({ error: refused(state), runs, elapsedMs, random });
        assert.ok(runs <= repeatLimits.runs);
        if (plan.kind === 'repeat') {
          elapsedMs += plan.afterMs;
          assert.ok(elapsedMs < repeatLimits.totalMs);
          continue;
        }
        assert.ok(plan.error instanceof KumikiError);
        assert.equal(plan.error.status, 503);
        assert.equal(plan.error.retryAfterMs, 1_000);
        // It gave up no earlier than it had to.
        assert.ok(runs === repeatLimits.runs || elapsedMs + 320 >= repeatLimits.totalMs);
        return;
      }
    }),
  );
});

test('what the database gave up for its load is refused as unavailable at once', () => {
  for (const state of ['57014', '55P03']) {
    const plan = planRepeat({ error: refused(state), runs: 1, elapsedMs: 0, random: 0 });
    assert.ok(plan.kind === 'give_up' && plan.error instanceof KumikiError, state);
    assert.equal(plan.error.code, 'service_unavailable');
  }
});

test('every other refusal stays what it is', () => {
  const errors = [refused('23505'), refused('22012'), new KumikiError('not_found', { what: 'chat', id: 'x' }), 'text'];
  for (const error of errors) {
    assert.deepEqual(planRepeat({ error, runs: 1, elapsedMs: 0, random: 0 }), { kind: 'give_up', error });
  }
});
