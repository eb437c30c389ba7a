import assert from 'node:assert/strict';
import { test } from 'node:test';
import { besideFlood, describeFlood } from './beside-flood.ts';
import { startFloodProduct } from './flood-product.ts';

/** Most memory that connections without a key may cost. */
const memoryBytes = 209_715_200;

/** For a busy machine; far less on an idle one. */
const slowestMs = 45_000;

test('thousands of connections without a key cost little memory and keep nobody waiting', async () => {
  await using product = await startFloodProduct();
  const report = await besideFlood(product, { connections: 3_000, lastsMs: 4_000 });
  const told = describeFlood(report);
  assert.deepEqual(report.complaints, [], told);
  assert.ok(report.opened >= 3_000, told);
  assert.ok(report.mostBytes - report.beforeBytes < memoryBytes, told);
  assert.ok(report.slowestMs < slowestMs, told);
});
