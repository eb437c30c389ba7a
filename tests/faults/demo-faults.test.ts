import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultBodies, structuredBodies } from '@kumiki/testing';
import { demoFleet } from './fault-models.ts';
import { describeReport, runFaults } from './fault-run.ts';

test('200 streams over 3 workers with a real model that are killed and stopped: the text is the same to the byte', async (context) => {
  const report = await runFaults({
    model: demoFleet,
    streams: 200,
    total: 600,
    bodies: [...faultBodies(128), ...structuredBodies(96)],
    faults: { seed: 2, meanPauseMs: 1_400, stopShare: 0.35, stopMs: 6_000 },
  });
  context.diagnostic(describeReport(report));
  assert.deepEqual(report.complaints, []);
  assert.ok(report.kills + report.stops > 1, 'there were faults');
  assert.ok(report.continuations > 0, 'streams were hit');
});
