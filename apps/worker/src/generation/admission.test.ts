import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAdmission, type Admission, type Ticket } from './admission.ts';

function admission(maxRunning: number, maxWaiting: number): Admission {
  return createAdmission({ maxRunning, maxWaiting, now: () => 0 });
}

test('places are given in order, and the queue refuses what does not fit as a whole', async () => {
  const it = admission(2, 2);
  const first = it.enter(2, 'a')!;
  assert.deepEqual(
    first.map(({ turn }) => turn),
    [null, null],
  );
  const order: string[] = [];
  const second = it.enter(1, 'a')!;
  const third = it.enter(1, 'a')!;
  void second[0]!.turn?.then(() => order.push('second'));
  void third[0]!.turn?.then(() => order.push('third'));
  assert.equal(it.enter(1, 'a'), null);
  assert.equal(it.waiting, 2);
  first[0]!.release();
  first[1]!.release();
  await third[0]!.turn;
  assert.deepEqual(order, ['second', 'third']);
  assert.deepEqual([it.running, it.waiting], [2, 0]);
});

test('a request of more answers than places is taken when nobody else is there', () => {
  assert.equal(admission(1, 0).enter(4, 'a')?.length, 4);
  const busy = admission(1, 0);
  busy.enter(1, 'a');
  assert.equal(busy.enter(1, 'a'), null);
});

test('whatever comes and goes, no more run than may, and none waits while a place is free', () => {
  const step = fc.oneof(fc.record({ enter: fc.integer({ min: 1, max: 3 }) }), fc.record({ release: fc.nat(40) }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(4), fc.array(step, { maxLength: 60 }), (most, queue, steps) => {
      const it = admission(most, queue);
      const tickets: Ticket[] = [];
      for (const action of steps) {
        if ('enter' in action) tickets.push(...(it.enter(action.enter, 'a') ?? []));
        else tickets[action.release]?.release();
        assert.ok(it.running <= most);
        assert.ok(it.waiting === 0 || it.running === most);
      }
      for (const ticket of tickets) ticket.release();
      assert.deepEqual([it.running, it.waiting], [0, 0]);
    }),
  );
});

test('of those that wait the tenant that has least is next', async () => {
  const it = admission(4, 8);
  const busy = it.enter(4, 'busy')!;
  const order: string[] = [];
  const enter = (tenant: string, name: string): void => {
    void it.enter(1, tenant)?.[0]?.turn?.then(() => order.push(name));
  };
  enter('busy', 'busy again');
  enter('quiet', 'quiet');
  enter('third', 'third');
  enter('quiet', 'quiet again');
  busy[0]!.release();
  busy[1]!.release();
  busy[2]!.release();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(order, ['quiet', 'third', 'busy again']);
});

test('while another asks, a tenant leaves it room at once, whether its answers come as one request or as many', () => {
  for (const counts of [[20], Array.from({ length: 20 }, () => 1)]) {
    const it = admission(16, 64);
    it.enter(1, 'quiet')![0]!.release();
    for (const count of counts) it.enter(count, 'busy');
    assert.deepEqual([it.running, it.waiting], [12, 8]);
    assert.deepEqual(
      it.enter(4, 'quiet')!.map(({ turn }) => turn),
      [null, null, null, null],
    );
  }
});

test('a tenant that is alone runs as much as there is', () => {
  const it = admission(16, 64);
  it.enter(20, 'busy');
  assert.deepEqual([it.running, it.waiting], [16, 4]);
});

test('whatever several tenants do, no more run than may, and none waits while its tenant has less than a share', () => {
  const step = fc.oneof(
    fc.record({ enter: fc.integer({ min: 1, max: 3 }), tenant: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ release: fc.nat(40) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 8 }), fc.array(step, { maxLength: 80 }), (most, steps) => {
      const it = admission(most, 8);
      it.enter(1, 'a')![0]!.release();
      it.enter(1, 'b')![0]!.release();
      const share = Math.max(1, Math.floor(most * 0.75));
      const tickets: { readonly ticket: Ticket; gone: boolean }[] = [];
      let entered = 0;
      for (const action of steps) {
        if ('enter' in action) {
          const given = it.enter(action.enter, action.tenant) ?? [];
          entered += given.length;
          for (const ticket of given) tickets.push({ ticket, gone: false });
        } else {
          const one = tickets[action.release];
          if (one !== undefined && !one.gone) {
            one.gone = true;
            entered--;
            one.ticket.release();
          }
        }
        assert.equal(it.running + it.waiting, entered);
        assert.ok(it.running <= most);
        assert.ok(it.waiting === 0 || it.running >= Math.min(most, share));
      }
    }),
  );
});
