import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzProduct } from './fuzz-product.ts';
import { startTwoProjects } from './two-projects.ts';

const requests = 4_000;

test('mutated requests over every route crash nothing, get no 5xx and nothing of another project', async (t) => {
  await using two = await startTwoProjects();
  const seed = Math.floor(Math.random() * 2 ** 31);
  const report = await fuzzProduct(two, { seed, requests, concurrency: 4 });
  t.diagnostic(`seed ${seed}: ${[...report.byStatus].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
  assert.deepEqual(report.complaints, []);
  assert.equal(report.requests, requests);
});
