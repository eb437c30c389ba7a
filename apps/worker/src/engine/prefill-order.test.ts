import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPrefillOrder, creditTokens, type PrefillOrder } from './prefill-order.ts';

const prompts = (...tenants: string[]) => tenants.map((tenant, arrival) => ({ tenant, arrival }));

/**
 * Prefills in steps of `tokens` tokens, each for the first tenant in the order, and returns the tokens of each tenant.
 */
function run(order: PrefillOrder, tenants: readonly string[], steps: number, tokens: number): Map<string, number> {
  const had = new Map<string, number>();
  for (let step = 0; step < steps; step++) {
    const next = order.sort(prompts(...tenants))[0]?.tenant ?? '';
    order.count(next, tokens);
    had.set(next, (had.get(next) ?? 0) + tokens);
  }
  return had;
}

test('prompts of one tenant are read in the order in which they came', () => {
  const order = createPrefillOrder();
  order.count('a', 10_000);
  assert.deepEqual(
    order.sort(prompts('a', 'a', 'a')).map(({ arrival }) => arrival),
    [0, 1, 2],
  );
});

test('a prompt of a tenant that was silent is read before those of a busy one, and its others in their order', () => {
  const order = createPrefillOrder();
  run(order, ['busy'], 100, 512);
  assert.deepEqual(
    order.sort(prompts('busy', 'busy', 'quiet', 'busy', 'quiet')).map(({ arrival }) => arrival),
    [2, 4, 0, 1, 3],
  );
});

test('who was silent goes first for as many tokens as the credit has, and not for all that it might have had', () => {
  const order = createPrefillOrder();
  run(order, ['busy'], 1_000, 512);
  const first = run(order, ['busy', 'quiet'], creditTokens / 512, 512);
  assert.deepEqual([first.get('quiet'), first.get('busy')], [creditTokens, undefined]);
  const then = run(order, ['busy', 'quiet'], 100, 512);
  assert.ok(Math.abs((then.get('quiet') ?? 0) - (then.get('busy') ?? 0)) <= 512);
});

test('tenants that are busy together come to equal parts, however many prompts each has', () => {
  const tenants = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(tenants, fc.integer({ min: 1, max: 2_048 }), (waiting, tokens) => {
      const distinct = new Set(waiting).size;
      const had = run(createPrefillOrder(), waiting, distinct * 20, tokens);
      assert.equal(had.size, distinct);
      for (const use of had.values()) assert.ok(Math.abs(use - 20 * tokens) <= tokens);
    }),
  );
});

test('a tenant that comes and goes gets no more than one that stays', () => {
  const order = createPrefillOrder();
  run(order, ['stays'], 100, 512);
  let comer = 0;
  let stayer = 0;
  for (let round = 0; round < 200; round++) {
    const here = round % 3 === 0 ? ['stays'] : ['stays', 'comes'];
    const had = run(order, here, 5, 512);
    comer += had.get('comes') ?? 0;
    stayer += had.get('stays') ?? 0;
  }
  assert.ok(comer <= stayer + creditTokens + 512, `${comer} beside ${stayer}`);
});

test('a crowd of tenants that are seen once leaves the order as it was for those that stay', () => {
  const order = createPrefillOrder();
  for (let index = 0; index < 5_000; index++) run(order, [`${index}`, 'busy'], 2, 100);
  assert.equal(order.sort(prompts('busy', 'new'))[0]?.tenant, 'new');
});
