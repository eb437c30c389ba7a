import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTwoProjects } from './two-projects.ts';
import { besideWorstTenant, describeWorstTenant } from './worst-tenant.ts';

const aloneMs = 8_000;
const besideMs = 20_000;

/**
 * The long form allows a factor of 2; here other tests run on the same two cores, and few answers make a coarse p95.
 */
const mostTimesSlower = 4;
/** A p95 below this passes in any case. */
const shortMs = 2_000;

test('a tenant that does its worst costs a quiet one no answer, and no process its life', async (t) => {
  await using two = await startTwoProjects();
  const report = await besideWorstTenant(two, { seed: Math.floor(Math.random() * 2 ** 31), aloneMs, besideMs });
  t.diagnostic(describeWorstTenant(report));
  assert.deepEqual(report.refusals, []);
  assert.equal(report.death, null);
  const { aloneP95Ms, besideP95Ms } = report;
  assert.ok(
    besideP95Ms <= Math.max(shortMs, mostTimesSlower * aloneP95Ms),
    `${besideP95Ms} ms, alone ${aloneP95Ms} ms`,
  );
});
