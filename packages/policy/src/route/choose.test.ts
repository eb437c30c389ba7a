import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { choose, forLowPriority, loadBound, type Candidate } from './choose.ts';
import { hashText } from './hash.ts';

const candidate = (id: string, inFlight = 0, eligible = true, maxInFlight = 100): Candidate => ({
  id,
  hash: hashText(id),
  inFlight,
  maxInFlight,
  eligible,
});

const candidates = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 12 }),
      inFlight: fc.integer({ min: 0, max: 20 }),
      maxInFlight: fc.integer({ min: 1, max: 20 }),
      eligible: fc.boolean(),
    }),
    { selector: (row) => row.id, maxLength: 12 },
  )
  .map((rows) => rows.map((row) => ({ ...row, hash: hashText(row.id) })));
const affinity = fc.option(fc.integer({ min: 0, max: 0xffffffff }));
const random = fc.double({ min: 0, max: 0.999999, noNaN: true });

test('a request of low priority goes only where less than half is in use', () => {
  const replica = (inFlight: number, maxInFlight: number) =>
    forLowPriority({ id: 'a', hash: 1, inFlight, maxInFlight, eligible: true });
  for (const [inFlight, maxInFlight, kind] of [
    [3, 8, 'chosen'],
    [4, 8, 'saturated'],
    [0, 1, 'chosen'],
    [1, 1, 'saturated'],
    [1, 3, 'chosen'],
    [2, 3, 'saturated'],
  ] as const) {
    for (const affinity of [null, 7]) {
      assert.equal(choose([replica(inFlight, maxInFlight)], affinity, 0).kind, kind, `${inFlight}/${maxInFlight}`);
    }
  }
});

test('what may wait in a queue is no room for a request of low priority', () => {
  const replica = (inFlight: number) => forLowPriority(candidate('a', inFlight, true, 72), 8);
  assert.equal(choose([replica(3)], null, 0).kind, 'chosen');
  assert.equal(choose([replica(4)], null, 0).kind, 'saturated');
});

test('a chosen replica is eligible and has room, and nothing is refused while one has', () => {
  fc.assert(
    fc.property(candidates, affinity, random, (rows, key, dice) => {
      const choice = choose(rows, key, dice);
      const open = rows.filter((row) => row.eligible && row.inFlight < row.maxInFlight);
      if (choice.kind === 'chosen') assert.ok(open.includes(rows[choice.index]!));
      else {
        assert.equal(open.length, 0);
        assert.equal(choice.kind, rows.some((row) => row.eligible) ? 'saturated' : 'none');
      }
    }),
    { numRuns: 2_000 },
  );
});

test('affinity never loads a replica beyond its bounded share', () => {
  fc.assert(
    fc.property(candidates, fc.integer({ min: 0, max: 0xffffffff }), random, (rows, key, dice) => {
      const choice = choose(rows, key, dice);
      if (choice.kind !== 'chosen' || choice.reason === 'least_load') return;
      const eligible = rows.filter((row) => row.eligible);
      const total = eligible.reduce((sum, row) => sum + row.inFlight, 0);
      assert.ok(rows[choice.index]!.inFlight + 1 <= Math.ceil((loadBound * (total + 1)) / eligible.length));
    }),
    { numRuns: 2_000 },
  );
});

test('one conversation stays at one replica, and losing another replica does not move it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 2, max: 9 }), (key, count) => {
      const rows = Array.from({ length: count }, (_, index) => candidate(`replica-${index}`));
      const first = choose(rows, key, 0);
      assert.equal(first.kind, 'chosen');
      if (first.kind !== 'chosen') return;
      const lost = (first.index + 1) % count;
      const after = choose(
        rows.map((row, index) => ({ ...row, eligible: index !== lost })),
        key,
        0.9,
      );
      assert.ok(after.kind === 'chosen' && after.index === first.index);
    }),
  );
});

test('conversations spread evenly over replicas', () => {
  const rows = Array.from({ length: 5 }, (_, index) => candidate(`replica-${index}`));
  const counts = [0, 0, 0, 0, 0];
  for (let key = 0; key < 10_000; key++) {
    const choice = choose(rows, hashText(`conversation ${key}`), 0);
    if (choice.kind === 'chosen') counts[choice.index]!++;
  }
  for (const count of counts) assert.ok(count > 1_700 && count < 2_300, String(counts));
});

test('without affinity the idlest replica is chosen and ties are broken by the dice', () => {
  const rows = [candidate('a', 3), candidate('b', 1), candidate('c', 1)];
  const low = choose(rows, null, 0);
  const high = choose(rows, null, 0.99);
  assert.ok(low.kind === 'chosen' && low.index === 1);
  assert.ok(high.kind === 'chosen' && high.index === 2);
});

test('a closed-loop load with short prefixes is spread no worse than at random', () => {
  const spread = (pick: (rows: Candidate[], dice: number) => number): number => {
    const load = [0, 0, 0, 0];
    let seed = 1;
    const dice = () => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) / 0x1000000;
    let worst = 0;
    const open: number[] = [];
    for (let step = 0; step < 4_000; step++) {
      if (open.length >= 40) load[open.splice(Math.floor(dice() * open.length), 1)[0]!]!--;
      const index = pick(
        load.map((inFlight, at) => candidate(`r${at}`, inFlight)),
        dice(),
      );
      load[index]!++;
      open.push(index);
      worst += Math.max(...load);
    }
    return worst;
  };
  const chosen = spread((rows, dice) => {
    const choice = choose(rows, null, dice);
    return choice.kind === 'chosen' ? choice.index : 0;
  });
  assert.ok(chosen < spread((rows, dice) => Math.floor(dice * rows.length)));
});
