import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { whyNoPostgres } from '@kumiki/postgres/testing';
import { describeOutage, stopDatabase } from './database-faults.ts';
import { type DurableFleet, startDurableFleet } from './durable-fleet.ts';
import { describeDurable } from './durable-run.ts';
import { durableModel, slowModel } from './fault-models.ts';
import { killDrivers, pauseDrivers } from './replica-faults.ts';

const skip = whyNoPostgres() ?? false;

let fleet: DurableFleet;
before(async () => {
  if (skip === false) fleet = await startDurableFleet([durableModel, slowModel]);
});
after(() => fleet?.[Symbol.asyncDispose]());

test(
  'replicas are killed while they produce responses: each is followed from 0 to its end',
  { skip },
  async (context) => {
    const report = await killDrivers(fleet, 4, 11);
    context.diagnostic(describeDurable(report));
    assert.deepEqual(report.complaints, []);
    assert.ok(report.takeovers > 0 && report.resumes > 0, 'the kills hit responses and their readers');
  },
);

test(
  'a driver that is stopped beyond its lease writes nothing when it wakes, whatever its clock says',
  { skip },
  async (context) => {
    const report = await pauseDrivers(fleet, 1, 12);
    context.diagnostic(describeDurable(report));
    assert.deepEqual(report.complaints, []);
    assert.ok(report.takeovers > 0, 'the response was taken over');
  },
);

test(
  'PostgreSQL goes away under 50 open streams: none is lost, chat goes on, stored responses answer 503',
  { skip },
  async (context) => {
    const report = await stopDatabase(fleet, 2_000);
    context.diagnostic(describeOutage(report));
    assert.deepEqual(report.complaints, []);
    assert.ok(report.open > 0, 'responses were open when the database went');
  },
);
