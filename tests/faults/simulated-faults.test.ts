import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultBodies } from '@kumiki/testing';
import { simulatedFleet } from './fault-models.ts';
import { describeReport, runFaults } from './fault-run.ts';

test('200 streams over 3 simulated workers that are killed and stopped: none is lost, repeated or changed', async (context) => {
  const report = await runFaults({
    model: simulatedFleet,
    streams: 200,
    total: 300,
    bodies: faultBodies(100),
    faults: { seed: 3, meanPauseMs: 1_400, stopShare: 0.35, stopMs: 6_000 },
  });
  context.diagnostic(describeReport(report));
  assert.deepEqual(report.complaints, []);
  assert.ok(report.kills > 0 && report.stops > 0, 'there were faults of both kinds');
  assert.ok(report.continuations > 20, 'streams were hit');
});
