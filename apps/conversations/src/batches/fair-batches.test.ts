import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { openTestDatabase } from '../testing/test-service.ts';
import { createBatch } from './rows/batch-store.ts';
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

test("64 batches of one project do not hold up another's batch of one line", async () => {
  const gateway = createStandInGateway();
  const { answer } = gateway;
  const held = Promise.withResolvers<void>();
  gateway.answer = async (body, call) => {
    const name = (body['messages'] as { content: string }[])[0]?.content;
    if (name === 'slow') await held.promise;
    return answer(body, call);
  };
  const slow = Array.from({ length: 3 }, (_, index) => chatLine(`line-${index}`, 'slow'));
  const greedy: string[] = [];
  for (let count = 0; count < 64; count++) greedy.push((await createTestBatch(database, gateway, slow, 'greedy')).id);
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  await untilBatch(database, greedy[3] ?? '', ({ status }) => status === 'in_progress', 'greedy');
  const { id } = await createTestBatch(database, gateway, [chatLine('mine')], 'modest');
  assert.equal((await untilBatch(database, id, undefined, 'modest')).status, 'completed');
  const { rows } = await database.query<{ driven: number }>(
    `SELECT count(*) AS driven FROM conversations.batches WHERE project = 'greedy' AND status = 'in_progress'`,
  );
  assert.equal(rows[0]?.driven, 4);
  await database.query(`DELETE FROM conversations.batches WHERE project = 'greedy'`);
  held.resolve();
});

test('a line that ends its process twice gets an error that says so; the lines beside it get their answers', async () => {
  const gateway = createStandInGateway();
  const { answer } = gateway;
  const names = ['a', 'b', 'deadly', 'c', 'd'];
  const { id } = await createTestBatch(
    database,
    gateway,
    names.map((name) => chatLine(name)),
  );
  let deaths = 0;
  for (; deaths < 2; deaths++) {
    const world = dyingReplica({ database, gateway }, Number.MAX_SAFE_INTEGER);
    const dying = Promise.withResolvers<void>();
    gateway.answer = async (body, call) => {
      const name = (body['messages'] as { content: string }[])[0]?.content;
      if (name !== 'deadly') return answer(body, call);
      world.die();
      dying.resolve();
      return new Promise<never>(() => {});
    };
    const runner = startTestRunner({ ...world, replica: `victim-${deaths}` });
    await dying.promise;
    await runner.close();
    await database.query('UPDATE conversations.batches SET lease_until = NULL WHERE id = $1', [id]);
  }
  gateway.answer = answer;
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  const batch = await untilBatch(database, id);
  assert.deepEqual([batch.status, batch.completed, batch.failed], ['completed', 4, 1]);
  const [line] = resultLines(gateway, batch.error_file_id);
  assert.equal(line?.custom_id, 'deadly');
  assert.equal(line.error?.code, 'poisonous_request');
  assert.match(line.error.message, /This line ended or stopped the process that worked on it 2 times/);
});

test('a project has at most its limit of open batches, and the refusal names it', async () => {
  const gateway = createStandInGateway();
  const limits = { ...testCaller.limits, open_batches: 2 };
  const caller = { ...testCaller, project: 'limited', limits };
  const body = {
    input_file_id: gateway.addInput([chatLine('a')]),
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  } as const;
  await createBatch(database, caller, body);
  await createBatch(database, caller, body);
  await assert.rejects(createBatch(database, caller, body), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'quota_exceeded');
    assert.match(error.message, /may have 2 batches that have not ended and has 2; this needs 1 more/);
    return true;
  });
  await createBatch(database, { ...caller, project: 'unlimited' }, body);
});
