import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stallProduct } from './stall-product.ts';
import { startTwoProjects } from './two-projects.ts';

/** The long form allows 100 ms on an idle machine; here other tests run on the same cores. */
const stallMs = 400;
const capBytes = 1_048_576;
const bodiesPerRoute = 3;

test('the most hostile bodies of every route delay no other client and end no process', async (t) => {
  await using two = await startTwoProjects();
  const seed = Math.floor(Math.random() * 2 ** 31);
  const report = await stallProduct(two, { seed, bodiesPerRoute, capBytes, stallMs });
  const { bodies, worst } = report;
  t.diagnostic(`seed ${seed}: ${bodies} bodies, at worst ${Math.round(worst.ms)} ms: ${worst.what}`);
  assert.deepEqual(report.complaints, []);
  assert.equal(await two.product.firstDeath(), null);
});
