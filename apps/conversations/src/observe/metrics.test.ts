import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { chatLine, createStandInGateway } from '../batches/testing/stand-in-gateway.ts';
import { createTestBatch, startTestRunner, untilBatch } from '../batches/testing/test-batches.ts';
import type { Runner } from '../runs/runner.ts';
import { openTestDatabase } from '../testing/test-service.ts';
import { type ConversationsMetrics, createMetrics } from './metrics.ts';

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const idle = { openRuns: () => 3, takeovers: () => 2 } as Runner;

/** The value of a metric; undefined when it is missing. */
async function read({ registry }: ConversationsMetrics, name: string): Promise<number | undefined> {
  const text = await registry.metrics();
  const line = text.split('\n').find((each) => each.startsWith(`kumiki_conversations_${name} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
}

const completed = 'batch_lines_total{outcome="completed"}';
const failed = 'batch_lines_total{outcome="failed"}';

test('batches are counted while they are open, with the age of what waits longest and what became of their lines', async () => {
  const metrics = createMetrics(database, idle);
  assert.equal(await read(metrics, 'open_batches'), 0);
  assert.equal(await read(metrics, 'oldest_batch_line_seconds'), 0);
  const gateway = createStandInGateway();
  const { answer } = gateway;
  gateway.answer = (body, call) =>
    JSON.stringify(body).includes('bad') ? { status: 400, body: { error: {} } } : answer(body, call);
  const batches = [
    await createTestBatch(database, gateway, [chatLine('a'), chatLine('bad'), chatLine('b')]),
    await createTestBatch(database, gateway, [chatLine('c')]),
  ];
  await database.query(
    `UPDATE conversations.batches SET created_at = created_at - interval '90 seconds' WHERE id = $1`,
    [batches[0]?.id ?? ''],
  );
  assert.equal(await read(metrics, 'open_batches'), 2);
  const oldest = (await read(metrics, 'oldest_batch_line_seconds')) ?? 0;
  assert.ok(oldest >= 90 && oldest < 3_600, String(oldest));
  await using runner = startTestRunner({ database, gateway, onRecorded: metrics.recorded });
  assert.ok(runner);
  for (const { id } of batches) await untilBatch(database, id);
  assert.deepEqual([await read(metrics, completed), await read(metrics, failed)], [3, 1]);
  assert.equal(await read(metrics, 'open_batches'), 0);
  assert.equal(await read(metrics, 'oldest_batch_line_seconds'), 0);
});

test('a batch whose requests all have results waits for nothing, though it is open', async () => {
  const metrics = createMetrics(database, idle);
  const { id } = await createTestBatch(database, createStandInGateway(), [chatLine('a')]);
  await database.query(
    `UPDATE conversations.batches SET status = 'finalizing', outcome = 'completed', lease_until = now() + interval '1 hour'
     WHERE id = $1`,
    [id],
  );
  await database.query(
    `INSERT INTO conversations.batch_lines (batch_id, line, custom_id, result) VALUES ($1, 1, 'a', '{}')`,
    [id],
  );
  assert.deepEqual([await read(metrics, 'open_batches'), await read(metrics, 'oldest_batch_line_seconds')], [1, 0]);
});

test('while the database is away, or takes its time, the other figures are told all the same', async () => {
  for (const query of [() => Promise.reject(new Error('away')), () => new Promise<never>(() => {})]) {
    const metrics = createMetrics({ ...database, query }, idle);
    assert.ok(Number.isNaN(await read(metrics, 'open_batches')));
    assert.equal(await read(metrics, 'open_runs'), 3);
    assert.equal(await read(metrics, 'takeovers_total'), 2);
  }
});
