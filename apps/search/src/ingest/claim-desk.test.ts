import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClaimDesk } from './claim-desk.ts';
import type { Claim } from './queue.ts';

const claim = (number: number, lost: number) => ({ number, lost }) as Claim;

test('one suspect is in work at a time, also when several ask at once, and others go on beside it', async () => {
  const queue = [claim(1, 1), claim(2, 1), claim(3, 0)];
  const desk = createClaimDesk(async (suspects) => {
    const next = queue.find(({ lost }) => suspects || lost === 0) ?? null;
    if (next !== null) queue.splice(queue.indexOf(next), 1);
    return next;
  });
  const [first, second, third] = await Promise.all([desk.take(), desk.take(), desk.take()]);
  assert.deepEqual([first?.number, second?.number, third], [1, 3, null]);
  desk.done(second as Claim);
  assert.equal(await desk.take(), null);
  desk.done(first as Claim);
  assert.equal((await desk.take())?.number, 2);
});

test('a queue that cannot be read fails for whoever asked, and is asked again', async () => {
  let fails = true;
  const desk = createClaimDesk(async () => {
    if (fails) throw new Error('away');
    return claim(1, 0);
  });
  await assert.rejects(desk.take(), /away/);
  fails = false;
  assert.equal((await desk.take())?.number, 1);
});
