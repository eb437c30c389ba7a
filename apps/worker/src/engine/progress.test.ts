import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgressJudge } from './progress.ts';

test('an engine of quick steps is silent after two seconds', () => {
  const judge = createProgressJudge(10_000);
  for (let now = 0; now < 5_000; now += 100) judge.observe({ now, lastProgressAt: now, busy: true });
  const progress = (silentMs: number): { now: number; lastProgressAt: number; busy: boolean } => ({
    now: 5_000 + silentMs,
    lastProgressAt: 5_000,
    busy: true,
  });
  assert.equal(judge.moving(progress(1_900)), true);
  assert.equal(judge.moving(progress(2_100)), false);
});

test('an engine of slow steps is given the time that it takes', () => {
  const judge = createProgressJudge(30_000);
  for (const lastProgressAt of [0, 4_000, 8_000]) judge.observe({ now: lastProgressAt, lastProgressAt, busy: true });
  assert.equal(judge.moving({ now: 15_000, lastProgressAt: 8_000, busy: true }), true);
  assert.equal(judge.moving({ now: 21_000, lastProgressAt: 8_000, busy: true }), false);
});

test('an engine that has nothing to do may stand still', () => {
  const judge = createProgressJudge(1_000);
  const progress = { now: 1_000_000, lastProgressAt: 0, busy: false };
  judge.observe(progress);
  assert.equal(judge.moving(progress), true);
});
