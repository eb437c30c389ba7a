import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeGap, detectionGap } from './detection-gap.ts';

/** The promised bounds: the longest wait within any stream, as seen by the client. */
const deadWithinMs = 1_000;
const stalledWithinMs = 5_000;

test('a dead worker is left within a second', async (context) => {
  const gap = await detectionGap('SIGKILL');
  context.diagnostic(describeGap(gap));
  assert.ok(gap.moved > 0, 'the fault hit streams');
  assert.ok(gap.longestGapMs < deadWithinMs, `the longest wait was ${gap.longestGapMs} ms`);
});

test('a stalled worker is left within five seconds', async (context) => {
  const gap = await detectionGap('SIGSTOP');
  context.diagnostic(describeGap(gap));
  assert.ok(gap.moved > 0, 'the fault hit streams');
  assert.ok(gap.longestGapMs < stalledWithinMs, `the longest wait was ${gap.longestGapMs} ms`);
});
