import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInSlices } from './in-slices.ts';

const never = new AbortController().signal;

/** Steps that each compute for `stepMs` milliseconds. */
function* steps(count: number, stepMs: number): Generator<void, number, void> {
  for (let made = 0; made < count; made++) {
    const end = performance.now() + stepMs;
    while (performance.now() < end);
    yield;
  }
  return count;
}

/** Counts the turns of the event loop that other work gets until the work is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let going = true;
  const count = (): void => {
    turns++;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  await work;
  going = false;
  return turns;
}

test('short work runs at once, and long work leaves turns to others', async () => {
  const inSlices = createInSlices();
  assert.equal(await inSlices(steps(3, 0), never), 3);
  const turns = await turnsDuring(inSlices(steps(30, 2), never));
  assert.ok(turns >= 5, `${turns} turns`);
});

test('work that begins in the same turn shares the time of one turn', async () => {
  const inSlices = createInSlices();
  const work = Array.from({ length: 8 }, () => inSlices(steps(1, 20), never));
  const turns = await turnsDuring(Promise.all(work));
  assert.ok(turns >= 7, `${turns} turns for eight works of 20 ms`);
});

test('what is aborted ends with the reason, what fails ends alone', async () => {
  const inSlices = createInSlices();
  const leaving = new AbortController();
  const left = inSlices(steps(1_000, 2), leaving.signal);
  function* failing(): Generator<void, number, void> {
    yield* steps(10, 2);
    throw new Error('a broken step');
  }
  const failed = inSlices(failing(), never);
  const after = inSlices(steps(10, 2), never);
  leaving.abort(new Error('gone'));
  await assert.rejects(left, /gone/);
  await assert.rejects(failed, /a broken step/);
  assert.equal(await after, 10);
});
