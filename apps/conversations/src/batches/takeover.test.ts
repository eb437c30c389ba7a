import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import fc from 'fast-check';
import { openTestDatabase } from '../testing/test-service.ts';
import { cancelBatch } from './rows/batch-store.ts';
import { chatLine, createStandInGateway } from './testing/stand-in-gateway.ts';
import {
  createTestBatch,
  dyingReplica,
  resultLines,
  startTestRunner,
  testCaller,
  untilBatch,
} from './testing/test-batches.ts';

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const names = Array.from({ length: 12 }, (_, index) => `line-${index}`);
const refused = 'line-5';

/**
 * A gateway with a batch of twelve lines, one of which the model refuses. Records lines that are sent to the model
 * although they already have a result.
 */
async function prepare() {
  const gateway = createStandInGateway();
  const { answer } = gateway;
  const lines = names.map((name) => chatLine(name));
  const { id } = await createTestBatch(database, gateway, lines);
  const rerun: string[] = [];
  gateway.answer = async (body, call) => {
    const name = (body['messages'] as { content: string }[])[0]?.content ?? '';
    const { rows } = await database.query<{ done: boolean }>(
      'SELECT result IS NOT NULL AS done FROM conversations.batch_lines WHERE batch_id = $1 AND custom_id = $2',
      [id, name],
    );
    if (rows[0]?.done === true) rerun.push(name);
    return name === refused ? { status: 400, body: {} } : answer(body, call);
  };
  return { gateway, id, rerun };
}

/** Lets a replica drive until it dies after `steps` steps or has nothing left to do, and then expires its lease. */
async function driveUntilDeath(world: Awaited<ReturnType<typeof prepare>>, steps: number): Promise<void> {
  const dying = dyingReplica({ database, gateway: world.gateway }, steps);
  const runner = startTestRunner({ ...dying, replica: 'dying' });
  await Promise.race([dying.dead, untilBatch(database, world.id)]);
  await runner.close();
  await database.query('UPDATE conversations.batches SET lease_until = NULL WHERE id = $1', [world.id]);
}

test('wherever replicas die, each line stands in one file once, no recorded line is run again, and none dies with three', async () => {
  const deaths = fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 4 });
  const property = fc.asyncProperty(deaths, async (steps) => {
    const world = await prepare();
    for (const count of steps) await driveUntilDeath(world, count);
    const { gateway, id, rerun } = world;
    await using runner = startTestRunner({ database, gateway });
    assert.ok(runner);
    const batch = await untilBatch(database, id);
    if (batch.status === 'failed') {
      // Two replicas died while reading the input file.
      assert.deepEqual([batch.errors?.[0]?.code, steps.length > 1], ['poisonous_request', true]);
      return;
    }
    assert.equal(batch.status, 'completed');
    const output = resultLines(gateway, batch.output_file_id).map((line) => line.custom_id);
    const errors = resultLines(gateway, batch.error_file_id);
    assert.deepEqual([...output, ...errors.map((line) => line.custom_id)].toSorted(), names.toSorted());
    for (const { custom_id: name, error } of errors) {
      // Or two replicas died while running a line.
      if (name !== refused || error !== null)
        assert.deepEqual([error?.code, steps.length > 1], ['poisonous_request', true]);
    }
    assert.ok(errors.some((line) => line.custom_id === refused));
    assert.deepEqual([batch.total, batch.completed, batch.failed], [12, output.length, errors.length]);
    assert.equal(batch.input_tokens, output.length * 3);
    assert.deepEqual(rerun, []);
    const made = [...gateway.files.values()].filter(({ fields }) => fields['purpose'] === 'batch_output');
    assert.equal(made.length, 2);
  });
  await fc.assert(property, { numRuns: 40 });
});

test('a batch that is cancelled while its replicas die is cancelled once, and has each line at most once', async () => {
  const property = fc.asyncProperty(fc.integer({ min: 5, max: 80 }), fc.integer({ min: 1, max: 30 }), async (a, b) => {
    const world = await prepare();
    const { gateway, id } = world;
    await driveUntilDeath(world, a);
    const before = await cancelBatch(database, testCaller.project, id).catch(() => null);
    await driveUntilDeath(world, b);
    await using runner = startTestRunner({ database, gateway });
    assert.ok(runner);
    const batch = await untilBatch(database, id);
    assert.equal(batch.status, before === null ? 'completed' : 'cancelled');
    const files = [batch.output_file_id, batch.error_file_id].map((file) => resultLines(gateway, file));
    const found = files.flat().map((line) => line.custom_id);
    assert.deepEqual(found.toSorted(), batch.total === null ? [] : names.toSorted());
    assert.deepEqual(
      files.map((lines) => lines.length),
      [batch.completed, batch.failed],
    );
  });
  await fc.assert(property, { numRuns: 25 });
});

test('a replica that was thought dead writes nothing more', async () => {
  const { gateway, id } = await prepare();
  const { answer } = gateway;
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  gateway.answer = async (body, call) => {
    reached.resolve();
    await held.promise;
    return answer(body, call);
  };
  // Its lease is never renewed, like that of a paused process.
  const paused = startTestRunner({ database, gateway, replica: 'paused', leaseMs: 600_000 });
  await reached.promise;
  await database.query('UPDATE conversations.batches SET lease_until = NULL WHERE id = $1', [id]);
  gateway.answer = (body, call) => answer(body, call);
  await using other = startTestRunner({ database, gateway, replica: 'other' });
  assert.ok(other);
  await untilBatch(database, id, ({ fence }) => fence === 2);
  held.resolve();
  const batch = await untilBatch(database, id);
  await paused.close();
  assert.deepEqual([batch.status, batch.completed, batch.failed], ['completed', 11, 1]);
  assert.equal(resultLines(gateway, batch.output_file_id).length, 11);
});
