import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noHealthYet } from './liveness.ts';
import { type ObservedProcess, planProcess } from './plan-process.ts';

const limits = { readyMs: 30_000, terminateMs: 5_000 };
const fresh: ObservedProcess = {
  startedAt: null,
  readyAt: null,
  ended: null,
  crashes: 0,
  health: noHealthYet,
  terminatedAt: null,
  killedAt: null,
};
const serving: ObservedProcess = { ...fresh, startedAt: 0, readyAt: 500 };
const silent = { failuresInARow: 4, stallsInARow: 0 };

test('each state of a process has one next step', () => {
  const cases: readonly [string, ObservedProcess, boolean, number, ReturnType<typeof planProcess>][] = [
    ['it has never run', fresh, true, 0, { kind: 'start' }],
    ['it has never run and need not', fresh, false, 0, { kind: 'wait', until: null }],
    ['it starts', { ...fresh, startedAt: 0 }, true, 10, { kind: 'wait', until: 30_000 }],
    ['it does not get ready', { ...fresh, startedAt: 0 }, true, 30_000, { kind: 'kill', why: 'not_ready' }],
    ['it serves', serving, true, 90_000, { kind: 'wait', until: null }],
    ['it answers nothing', { ...serving, health: silent }, true, 90_000, { kind: 'kill', why: 'silent' }],
    ['it is being killed', { ...serving, health: silent, killedAt: 1 }, true, 2, { kind: 'wait', until: null }],
    ['it is no longer wanted', serving, false, 1_000, { kind: 'terminate' }],
    ['it drains', { ...serving, terminatedAt: 1_000 }, false, 1_100, { kind: 'wait', until: 6_000 }],
    ['it does not end', { ...serving, terminatedAt: 1_000 }, false, 6_000, { kind: 'kill', why: 'not_ending' }],
    [
      'it has ended as it should',
      { ...serving, ended: { at: 9, jitter: 0 } },
      false,
      10,
      { kind: 'wait', until: null },
    ],
    ['a lone crash', { ...serving, crashes: 1, ended: { at: 9, jitter: 0 } }, true, 9, { kind: 'start' }],
    [
      'crash upon crash',
      { ...serving, crashes: 3, ended: { at: 0, jitter: 0 } },
      true,
      9,
      { kind: 'wait', until: 500 },
    ],
    ['its time has come', { ...serving, crashes: 3, ended: { at: 0, jitter: 0 } }, true, 500, { kind: 'start' }],
  ];
  for (const [name, process, isWanted, now, step] of cases) {
    assert.deepEqual(planProcess(process, isWanted, limits, now), step, name);
  }
});
