import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { openTestDatabase } from '../testing/test-service.ts';
import { cancelBatch } from './rows/batch-store.ts';
import { chatLine, createStandInGateway } from './testing/stand-in-gateway.ts';
import { createTestBatch, resultLines, startTestRunner, testCaller, untilBatch } from './testing/test-batches.ts';

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('a batch runs every line and stores answers and refusals in their files', async () => {
  const gateway = createStandInGateway();
  const { answer } = gateway;
  gateway.answer = (body, call) =>
    JSON.stringify(body).includes('bad')
      ? { status: 400, body: { error: { code: 'invalid_value' } } }
      : answer(body, call);
  const names = Array.from({ length: 40 }, (_, index) => (index % 10 === 3 ? `bad-${index}` : `good-${index}`));
  const lines = names.map((name) => chatLine(name));
  const { id } = await createTestBatch(database, gateway, lines);
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  const batch = await untilBatch(database, id);
  assert.equal(batch.status, 'completed');
  assert.deepEqual([batch.total, batch.completed, batch.failed], [40, 36, 4]);
  assert.equal(batch.model, 'm');
  assert.deepEqual([batch.input_tokens, batch.cached_tokens, batch.output_tokens], [108, 36, 72]);
  const output = resultLines(gateway, batch.output_file_id);
  assert.deepEqual(
    output.map((line) => line.custom_id),
    names.filter((name) => name.startsWith('good')),
  );
  for (const line of output) {
    assert.match(line.id, /^batch_req_[0-9a-f]{32}$/);
    assert.equal(line.response?.status_code, 200);
    assert.match(line.response.request_id, /^req_/);
    assert.equal(line.error, null);
  }
  const errors = resultLines(gateway, batch.error_file_id);
  assert.deepEqual(
    errors.map((line) => line.custom_id),
    names.filter((name) => name.startsWith('bad')),
  );
  assert.ok(errors.every(({ response }) => response?.status_code === 400));
  const file = gateway.files.get(batch.output_file_id ?? '');
  assert.deepEqual([file?.fields, file?.keyId], [{ purpose: 'batch_output' }, 'key_1']);
  assert.ok(gateway.calls.every((call) => call.lowPriority === true && call.keyId === 'key_1'));
  const { rows } = await database.query('SELECT line FROM conversations.batch_lines WHERE batch_id = $1', [id]);
  assert.equal(rows.length, 0);
});

test('a line is tried again when the model is full or broken, and fails alone when it stays so', async () => {
  const gateway = createStandInGateway();
  const { answer } = gateway;
  const attempts = new Map<string, number>();
  gateway.answer = (body, call) => {
    const { content } = (body['messages'] as { content: string }[])[0] ?? { content: '' };
    const count = (attempts.get(content) ?? 0) + 1;
    attempts.set(content, count);
    if (content === 'full' && count <= 2) return { status: 429, body: {}, headers: { 'retry-after-ms': '1' } };
    if (content === 'broken' && count === 1) throw new Error('the connection broke');
    if (content === 'dead') return { status: 500, body: { error: { code: 'engine_failed' } } };
    if (content === 'quota') return { status: 429, body: {}, headers: { 'x-should-retry': 'false' } };
    return answer(body, call);
  };
  const names = ['full', 'broken', 'dead', 'quota'];
  const { id } = await createTestBatch(
    database,
    gateway,
    names.map((name) => chatLine(name)),
  );
  await using runner = startTestRunner({ database, gateway, random: () => 0 });
  assert.ok(runner);
  const batch = await untilBatch(database, id);
  assert.equal(batch.status, 'completed');
  assert.deepEqual(Object.fromEntries(attempts), { full: 3, broken: 2, dead: 5, quota: 1 });
  assert.deepEqual(
    resultLines(gateway, batch.error_file_id).map(({ custom_id: name, response }) => [name, response?.status_code]),
    [
      ['dead', 500],
      ['quota', 429],
    ],
  );
});

test('cancelling stops open lines, keeps what was recorded and is idempotent', async () => {
  const gateway = createStandInGateway();
  const { answer } = gateway;
  let stopped = 0;
  gateway.answer = (body, call) => {
    if (gateway.calls.length <= 3) return answer(body, call);
    return new Promise((_resolve, reject) => {
      call.signal?.addEventListener('abort', () => {
        stopped++;
        reject(call.signal?.reason as Error);
      });
    });
  };
  const names = Array.from({ length: 30 }, (_, index) => `line-${index}`);
  const { id } = await createTestBatch(
    database,
    gateway,
    names.map((name) => chatLine(name)),
  );
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  await untilBatch(database, id, ({ completed }) => completed === 3);
  const first = await cancelBatch(database, testCaller.project, id);
  assert.equal(first.status, 'cancelling');
  const batch = await untilBatch(database, id);
  assert.equal(batch.status, 'cancelled');
  assert.ok(stopped > 0);
  assert.deepEqual([batch.completed, batch.failed], [3, 27]);
  assert.equal((await cancelBatch(database, testCaller.project, id)).status, 'cancelled');
  const output = resultLines(gateway, batch.output_file_id);
  const errors = resultLines(gateway, batch.error_file_id);
  assert.deepEqual([...output, ...errors].map((line) => line.custom_id).toSorted(), names.toSorted());
  assert.ok(errors.every(({ response, error }) => response === null && error?.code === 'batch_cancelled'));
});

test('a batch that nobody drives yet is cancelled without a file', async () => {
  const gateway = createStandInGateway();
  const { id } = await createTestBatch(database, gateway, [chatLine('a')]);
  await cancelBatch(database, testCaller.project, id);
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  const batch = await untilBatch(database, id);
  assert.deepEqual([batch.status, batch.output_file_id, batch.error_file_id], ['cancelled', null, null]);
  assert.equal(gateway.calls.length, 0);
});

test('when the completion window is over, what was not run stands in the error file', async () => {
  const gateway = createStandInGateway();
  gateway.answer = () => new Promise(() => {});
  const { id } = await createTestBatch(database, gateway, [chatLine('a'), chatLine('b')]);
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  await untilBatch(database, id, () => gateway.calls.length === 2);
  await database.query('UPDATE conversations.batches SET expires_at = now() WHERE id = $1', [id]);
  const batch = await untilBatch(database, id);
  assert.equal(batch.status, 'expired');
  assert.ok(batch.expired_at !== null && batch.finalizing_at !== null);
  assert.deepEqual(
    resultLines(gateway, batch.error_file_id).map(({ custom_id: name, error }) => [name, error?.code]),
    [
      ['a', 'batch_expired'],
      ['b', 'batch_expired'],
    ],
  );
});

test('an invalid input file fails the batch, and every error names its line', async () => {
  const gateway = createStandInGateway();
  const { id } = await createTestBatch(
    database,
    gateway,
    [
      JSON.stringify(chatLine('a')),
      '{"custom_id":',
      JSON.stringify(chatLine('a')),
      JSON.stringify({ ...chatLine('b'), method: 'GET' }),
    ].join('\n'),
  );
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  const batch = await untilBatch(database, id);
  assert.equal(batch.status, 'failed');
  assert.deepEqual(
    batch.errors?.map(({ code, param, line }) => ({ code, param, line })),
    [
      { code: 'invalid_json_line', param: null, line: 2 },
      { code: 'duplicate_custom_id', param: 'custom_id', line: 3 },
      { code: 'invalid_method', param: 'method', line: 4 },
    ],
  );
  assert.deepEqual([batch.completed, batch.failed], [0, 0]);
  assert.equal(gateway.calls.length, 0);
});

test('an input file that is gone fails the batch; one that cannot be reached now is read later', async () => {
  const gateway = createStandInGateway();
  let refusals = 2;
  gateway.onStep = (step) => {
    if (step.endsWith('/content') && refusals-- > 0) throw new Error('the file service is away');
  };
  const late = await createTestBatch(database, gateway, [chatLine('a')]);
  const gone = await createTestBatch(database, gateway, [chatLine('a')]);
  gateway.files.delete(gone.input_file_id);
  await using runner = startTestRunner({ database, gateway });
  assert.ok(runner);
  assert.equal((await untilBatch(database, late.id)).status, 'completed');
  const failed = await untilBatch(database, gone.id);
  assert.equal(failed.status, 'failed');
  assert.deepEqual(
    failed.errors?.map(({ code, param, line }) => [code, param, line]),
    [['not_found', 'input_file_id', null]],
  );
});
