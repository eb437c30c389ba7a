import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import fc from 'fast-check';
import { openTestDatabase } from '../testing/test-database.ts';
import { ingestThroughDeaths } from './testing/ingest-steps.ts';

/** `npm run faults -- --only steps` is the long form. */

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('wherever its ingesters die, each chunk of a file is there once and counted once, and fences grow', async () => {
  const steps = fc.array(fc.integer({ min: 0, max: 35 }), { minLength: 1, maxLength: 3 });
  let deaths = 0;
  let completed = 0;
  for (const [seed, at] of fc.sample(steps, { numRuns: 25, seed: 1 }).entries()) {
    const file = await ingestThroughDeaths(database, seed, at);
    deaths += file.deaths;
    if (file.status === 'completed') completed++;
  }
  // Checks that the seeds cause enough deaths and completions.
  assert.ok(deaths > 12 && completed > 12, `${deaths} deaths, ${completed} completed`);
});

test('a process that dies right after a file has failed leaves its chunks to the sweep', async () => {
  for (const [seed, steps] of [
    [51_168, [22, 8, 12, 7]],
    [52_115, [25, 7, 16, 7]],
  ] as const) {
    assert.equal((await ingestThroughDeaths(database, seed, steps)).status, 'failed');
  }
});
