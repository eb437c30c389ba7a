import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthEntry } from './health-board.mjs';
import { type HealthFacts, healthReply, judgeHealth } from './judge-health.mjs';

const facts: HealthFacts = {
  modelName: 'm',
  task: 'chat',
  engine: 'simulated',
  phase: 'serving',
  reason: null,
  model: { maxRunning: 4, maxWaiting: 8, contextTokens: 512, parameters: null, memoryBytes: null, fingerprint: 'f' },
  stallMs: 10_000,
};
const entry: HealthEntry = {
  beatAt: 100_000,
  busy: false,
  lastProgressAt: 0,
  loaded: 1,
  running: 0,
  waiting: 0,
  kvCacheUsage: 0,
  kvUsedTokens: -1,
  kvTotalTokens: -1,
};

test('a thread that is held up for a while is well, and stalled beyond the limit', () => {
  assert.equal(judgeHealth(facts, entry, 109_999), 'ok');
  assert.equal(judgeHealth(facts, entry, 110_001), 'stalled');
});

test('an engine that stands still with work to do is stalled although its thread comes round', () => {
  const working = { ...entry, busy: true, lastProgressAt: 95_000 };
  assert.equal(judgeHealth(facts, working, 105_000), 'ok');
  assert.equal(judgeHealth(facts, { ...working, beatAt: 105_000 }, 105_001), 'stalled');
  assert.equal(judgeHealth(facts, { ...working, busy: false, beatAt: 105_000 }, 105_001), 'ok');
});

test('while the model is loaded no silence counts; draining is told unless it stalls', () => {
  const starting: HealthFacts = { ...facts, phase: 'starting', model: null };
  assert.equal(judgeHealth(starting, entry, 1_000_000), 'starting');
  assert.deepEqual(healthReply(starting, { ...entry, loaded: 0.5 }, 1_000_000).status, 503);
  const draining: HealthFacts = { ...facts, phase: 'draining' };
  assert.equal(judgeHealth(draining, entry, 100_100), 'draining');
  assert.equal(judgeHealth(draining, entry, 200_000), 'stalled');
});
