import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { choose } from './choose.ts';
import { hashText } from './hash.ts';
import { type PlacedCandidate, preferOwnZone } from './prefer-zone.ts';

function placed(id: string, near: boolean, change: Partial<PlacedCandidate> = {}): PlacedCandidate {
  return { id, hash: hashText(id), inFlight: 0, maxInFlight: 8, maxRunning: 4, eligible: true, near, ...change };
}

const arbitrary = fc
  .array(
    fc.record({
      near: fc.boolean(),
      eligible: fc.boolean(),
      inFlight: fc.integer({ min: 0, max: 12 }),
      maxInFlight: fc.integer({ min: 1, max: 12 }),
      maxRunning: fc.option(fc.integer({ min: 1, max: 12 })),
    }),
    { maxLength: 10 },
  )
  .map((rows) => rows.map(({ near, ...change }, at) => placed(`replica-${at}`, near, change)));
const affinity = fc.option(fc.integer({ min: 0, max: 0xffffffff }));
const random = fc.double({ min: 0, max: 0.999999, noNaN: true });

const starts = ({ inFlight, maxInFlight, maxRunning }: PlacedCandidate): boolean =>
  inFlight < Math.min(maxRunning ?? maxInFlight, maxInFlight);
const idsOf = (rows: readonly PlacedCandidate[]): string[] =>
  preferOwnZone(rows)
    .filter(({ eligible }) => eligible)
    .map(({ id }) => id);

test('a request stays in its own zone as long as it starts there at once', () => {
  assert.deepEqual(idsOf([placed('a', true, { inFlight: 3 }), placed('b', false)]), ['a']);
  assert.deepEqual(idsOf([placed('a', true, { inFlight: 4 }), placed('b', false)]), ['b']);
  assert.deepEqual(idsOf([placed('a', true, { eligible: false }), placed('b', false)]), ['b']);
});

test('where requests wait everywhere the own zone is preferred until it is the busier one', () => {
  const rows = (near: number, far: number) => [
    placed('a', true, { inFlight: near }),
    placed('b', false, { inFlight: far }),
  ];
  assert.deepEqual(idsOf(rows(5, 5)), ['a']);
  assert.deepEqual(idsOf(rows(6, 5)), ['a', 'b']);
});

test('no zone with room to start stands idle while a request waits in another one', () => {
  fc.assert(
    fc.property(arbitrary, affinity, random, (rows, key, dice) => {
      const choice = choose(preferOwnZone(rows), key, dice);
      if (choice.kind !== 'chosen') return;
      const zoneOf = (near: boolean) => rows.filter((row) => row.eligible && row.near === near);
      const chosen = rows[choice.index]!;
      const waitsInZone = !zoneOf(chosen.near).some(starts);
      assert.ok(!waitsInZone || !zoneOf(!chosen.near).some(starts), JSON.stringify(rows));
    }),
    { numRuns: 5_000 },
  );
});

test('a request is refused, chosen for and kept from the ineligible exactly as without zones', () => {
  fc.assert(
    fc.property(arbitrary, affinity, random, (rows, key, dice) => {
      const preferred = preferOwnZone(rows);
      assert.deepEqual(
        preferred.map(({ id }) => id),
        rows.map(({ id }) => id),
      );
      const choice = choose(preferred, key, dice);
      assert.equal(choice.kind, choose(rows, key, dice).kind);
      if (choice.kind === 'chosen') assert.ok(rows[choice.index]?.eligible);
    }),
    { numRuns: 5_000 },
  );
});

test('where all are in one zone, or in none that is known, nothing changes', () => {
  fc.assert(
    fc.property(arbitrary, fc.boolean(), (rows, near) => {
      const alike = rows.map((row) => ({ ...row, near }));
      assert.equal(preferOwnZone(alike), alike);
    }),
  );
});

test('two zones with a gateway each serve what they are asked without crossing, until one has twice as much', () => {
  const crossed = (asked: readonly [number, number]): number => {
    // Each gateway counts its own requests; the zones have two replicas each.
    const loads = [new Map<string, number>(), new Map<string, number>()];
    let count = 0;
    for (const [zone, requests] of asked.entries()) {
      for (let request = 0; request < requests; request++) {
        const own = loads[zone]!;
        const rows = ['a0', 'a1', 'b0', 'b1'].map((id) =>
          placed(id, id.startsWith('ab'[zone]!), { inFlight: own.get(id) ?? 0 }),
        );
        const choice = choose(preferOwnZone(rows), null, 0);
        assert.equal(choice.kind, 'chosen');
        if (choice.kind !== 'chosen') continue;
        const { id, near } = rows[choice.index]!;
        own.set(id, (own.get(id) ?? 0) + 1);
        if (!near) count++;
      }
    }
    return count;
  };
  assert.equal(crossed([8, 8]), 0);
  assert.equal(crossed([16, 0]), 8);
});
