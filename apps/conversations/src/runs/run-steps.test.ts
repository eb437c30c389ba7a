import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import fc from 'fast-check';
import { openTestDatabase } from '../testing/test-service.ts';
import { runThroughDeaths } from './testing/run-steps.ts';

/** `npm run faults -- --only steps` is the long form. */
const seeds = 30;
/** A run without a death takes sixteen steps; the last of these deaths comes right after it. */
const steps = fc.array(fc.integer({ min: 0, max: 16 }), { minLength: 1, maxLength: 4 });

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('wherever its drivers die, a run loses nothing, says nothing twice, and its fences grow', async () => {
  let deaths = 0;
  const ends = new Map<string, number>();
  for (const [seed, at] of fc.sample(steps, { numRuns: seeds, seed: 1 }).entries()) {
    const run = await runThroughDeaths(database, seed, at);
    deaths += run.deaths;
    ends.set(run.status, (ends.get(run.status) ?? 0) + 1);
  }
  // Checks that the seeds cause enough deaths.
  assert.ok(deaths > seeds / 2, `${deaths} deaths`);
  assert.ok((ends.get('completed') ?? 0) > seeds / 2, `${ends.get('completed')} completed`);
});
