import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createByteBudget } from './byte-budget.ts';

const never = new AbortController().signal;

test('a request for more than its project has left waits its turn; released bytes go to the next', async () => {
  const budget = createByteBudget({ all: 1_000, ofProject: 100 });
  const first = await budget.borrow('a', 80, never);
  const order: string[] = [];
  const second = budget.borrow('a', 50, never).then((loan) => (order.push('second'), loan));
  // It would fit, but must not overtake.
  const third = budget.borrow('a', 10, never).then((loan) => (order.push('third'), loan));
  await setImmediate();
  assert.deepEqual(order, []);
  first.shrink(50);
  await second;
  await setImmediate();
  assert.deepEqual(order, ['second']);
  first.giveBack();
  first.giveBack();
  await third;
  assert.equal(budget.room('a'), 40);
  assert.equal(budget.roomForAll(), 940);
});

test('a project that waits holds no other up', async () => {
  const budget = createByteBudget({ all: 1_000, ofProject: 100 });
  await budget.borrow('a', 100, never);
  const waiting = new AbortController();
  const more = budget.borrow('a', 100, waiting.signal);
  await budget.borrow('b', 100, never);
  waiting.abort(new Error('enough'));
  await assert.rejects(more, /enough/);
});

test('more than there ever is, is lent alone; who leaves holds nobody up', async () => {
  const budget = createByteBudget({ all: 100, ofProject: 100 });
  const held = budget.take('a', 1);
  const leaving = new AbortController();
  const huge = budget.borrow('a', 500, leaving.signal);
  const small = budget.borrow('a', 99, never);
  leaving.abort(new Error('gone'));
  await assert.rejects(huge, /gone/);
  (await small).giveBack();
  held.giveBack();
  (await budget.borrow('a', 500, never)).giveBack();
  assert.equal(budget.room('a'), 100);
  await assert.rejects(budget.borrow('a', 1, leaving.signal), /gone/);
});
