import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Database, openDatabase } from '@kumiki/postgres';
import { until } from '@kumiki/testing';
import OpenAI from 'openai';
import { startProduct } from '../product/product.ts';
import { startConversationsService } from './conversations-service.ts';
import { breakOff, type OutsideServer, startOutsideServer, wait } from './outside-server.ts';

/**
 * Restarts every process of the product during an answer of an outside server, which has neither token ids nor state.
 */

/** An answer that cannot continue must fail within this time, most of which may be the lease of the dead driver. */
const soonMs = 15_000;

let database: Database;
before(() => {
  database = openDatabase({ folder: null });
});
after(() => database.close());

interface Restarted {
  readonly status: string;
  readonly text: string;
  readonly message: string | undefined;
  readonly tookMs: number;
}

interface Running extends AsyncDisposable {
  readonly client: OpenAI;
}

/** The whole product with an outside server, on a database that survives the restart. */
async function run(outside: OutsideServer): Promise<Running> {
  const product = await startProduct([]);
  product.addOutside(outside.route);
  const service = await startConversationsService(product, database);
  const apiKey = product.addKey({ id: 'key_reader' });
  return {
    client: new OpenAI({ baseURL: product.baseUrl, apiKey, maxRetries: 0 }),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await product[Symbol.asyncDispose]();
    },
  };
}

async function askUntil(outside: OutsideServer, shown: string, request: object): Promise<string> {
  await using running = await run(outside);
  const { responses } = running.client;
  const model = outside.route.model;
  const { id } = await responses.create({ model, input: 'Go on.', background: true, ...request });
  await until('the answer is half there', 10_000, async () => {
    const { output_text } = await responses.retrieve(id);
    return outside.calls() === 1 && output_text === shown;
  });
  return id;
}

/** @param shown text that is stored before the restart. */
async function restartDuring(outside: OutsideServer, shown: string, request: object): Promise<Restarted> {
  const id = await askUntil(outside, shown, request);
  await using running = await run(outside);
  const { client } = running;
  const startedAt = performance.now();
  await until('the response has ended', 100_000, async () => {
    const { status } = await client.responses.retrieve(id);
    return status !== 'in_progress' && status !== 'queued';
  });
  const response = await client.responses.retrieve(id);
  const tookMs = performance.now() - startedAt;
  return { status: response.status ?? '', text: response.output_text, message: response.error?.message, tookMs };
}

test('an answer that would come out otherwise when asked for again ends as failed, and nobody is asked', async () => {
  await using outside = await startOutsideServer('sampled', 'replay', () => ['one ', 'two ', wait]);
  const ended = await restartDuring(outside, 'one two ', { temperature: 1 });
  assert.deepEqual([ended.status, ended.text, outside.calls()], ['failed', 'one two ', 1]);
  assert.match(ended.message ?? '', /could not be continued: no server of its model/);
  assert.ok(ended.tookMs < soonMs);
});

test('an answer that does come out otherwise ends as failed, and is not asked for again and again', async () => {
  await using outside = await startOutsideServer('fickle', 'replay', (call) =>
    call === 1 ? ['one ', 'two ', wait] : ['one ', 'three ', 'four '],
  );
  const ended = await restartDuring(outside, 'one two ', { temperature: 0 });
  assert.deepEqual([ended.status, ended.text, outside.calls()], ['failed', 'one two ', 3]);
  assert.match(ended.message ?? '', /gave another answer/);
  assert.ok(ended.tookMs < soonMs);
});

test('an answer that is sure to come out the same goes on', async () => {
  await using outside = await startOutsideServer('greedy', 'replay', (call) =>
    call === 1 ? ['one ', 'two ', wait] : ['one ', 'two ', 'three'],
  );
  const ended = await restartDuring(outside, 'one two ', { temperature: 0 });
  assert.deepEqual([ended.status, ended.text, outside.calls()], ['completed', 'one two three', 2]);
});

test('an answer of which nothing was shown is made again', async () => {
  await using outside = await startOutsideServer('mute', 'none', (call) => (call === 1 ? [wait] : ['one ', 'two']));
  const ended = await restartDuring(outside, '', { temperature: 1 });
  assert.deepEqual([ended.status, ended.text, outside.calls()], ['completed', 'one two', 2]);
});

test('without a restart too, an answer that broke and comes out otherwise fails at once', async () => {
  await using outside = await startOutsideServer('broken', 'replay', (call) =>
    call === 1 ? ['one ', 'two ', breakOff] : ['one ', 'three ', 'four '],
  );
  await using running = await run(outside);
  const response = await running.client.responses.create({ model: 'broken', input: 'Go on.', temperature: 0 });
  assert.deepEqual([response.status, response.output_text, outside.calls()], ['failed', 'one two ', 3]);
});
