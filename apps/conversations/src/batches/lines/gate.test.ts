import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGate } from './gate.ts';

const policy = { initial: 2, max: 4, basePauseMs: 20, maxPauseMs: 100 };
const never = new AbortController().signal;

/** A gate with a mock clock. */
function gateAt(clock: { now: number }) {
  return createGate({ policy, now: () => clock.now, random: () => 0 });
}

test('as many are inside as there is room for, and each that is served makes more', async () => {
  const gate = gateAt({ now: 1_000 });
  const entered: number[] = [];
  for (let number = 0; number < 8; number++) void gate.enter(never).then(() => entered.push(number));
  await Promise.resolve();
  assert.deepEqual(entered, [0, 1]);
  gate.leave('served');
  gate.leave('served');
  await Promise.resolve();
  assert.deepEqual(entered, [0, 1, 2, 3]);
  for (let served = 0; served < 4; served++) {
    gate.leave('served');
    await Promise.resolve();
  }
  assert.deepEqual(entered, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a refusal for want of room pauses everybody for the time that it asks', async () => {
  const clock = { now: 1_000 };
  const gate = gateAt(clock);
  await gate.enter(never);
  gate.leave({ full: { retryAfterMs: 60 } });
  let entered = false;
  const waiting = gate.enter(never).then(() => (entered = true));
  await Promise.resolve();
  assert.equal(entered, false);
  clock.now = 1_060;
  await waiting;
  assert.equal(entered, true);
});

test('who gives up waits no longer, and takes nobody the place', async () => {
  const clock = { now: 1_000 };
  const gate = gateAt(clock);
  await Promise.all([gate.enter(never), gate.enter(never)]);
  const leaving = new AbortController();
  const left = gate.enter(leaving.signal);
  const stays = gate.enter(never);
  leaving.abort(new Error('gone'));
  await assert.rejects(left, /gone/);
  gate.leave('broken');
  await stays;
  await assert.rejects(gate.enter(leaving.signal), /gone/);
});
