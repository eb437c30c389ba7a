import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAdmission, type Admission, type Ticket } from './admission.ts';

function admission(maxRunning: number, maxWaiting: number): Admission {
  return createAdmission({ maxRunning, maxWaiting, now: () => 0 });
}

test('places are given in order, and the queue refuses what does not fit as a whole', async () => {
  const it = admission(2, 2);
  const first = it.enter(2)!;
  assert.deepEqual(
    first.map(({ turn }) => turn),
    [null, null],
  );
  const order: string[] = [];
  const second = it.enter(1)!;
  const third = it.enter(1)!;
  void second[0]!.turn?.then(() => order.push('second'));
  void third[0]!.turn?.then(() => order.push('third'));
  assert.equal(it.enter(1), null);
  assert.equal(it.waiting, 2);
  first[0]!.release();
  first[1]!.release();
  await third[0]!.turn;
  assert.deepEqual(order, ['second', 'third']);
  assert.deepEqual([it.running, it.waiting], [2, 0]);
});

test('a request of more answers than places is taken when nobody else is there', () => {
  assert.equal(admission(1, 0).enter(4)?.length, 4);
  const busy = admission(1, 0);
  busy.enter(1);
  assert.equal(busy.enter(1), null);
});

test('whatever comes and goes, no more run than may, and none waits while a place is free', () => {
  const step = fc.oneof(fc.record({ enter: fc.integer({ min: 1, max: 3 }) }), fc.record({ release: fc.nat(40) }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(4), fc.array(step, { maxLength: 60 }), (most, queue, steps) => {
      const it = admission(most, queue);
      const tickets: Ticket[] = [];
      for (const action of steps) {
        if ('enter' in action) tickets.push(...(it.enter(action.enter) ?? []));
        else tickets[action.release]?.release();
        assert.ok(it.running <= most);
        assert.ok(it.waiting === 0 || it.running === most);
      }
      for (const ticket of tickets) ticket.release();
      assert.deepEqual([it.running, it.waiting], [0, 0]);
    }),
  );
});
