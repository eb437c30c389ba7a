import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Conversations } from '@kumiki/conversations';
import type { Database } from '@kumiki/postgres';
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';
import { type Product, startProduct } from './product.ts';
import { simulatedModel } from './simulated-model.ts';
import { until } from './until.ts';

/** A run goes on at another replica when its driver dies, is paused, or shuts down, and nobody sees more than a pause. */

let product: Product;
let service: ConversationsService;
let client: OpenAI;
let lasting: Conversations;
before(async () => {
  product = await startProduct([simulatedModel('simulated', { interTokenLatencyMs: 10 })]);
  service = await startConversationsService(product);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
  lasting = await service.startReplica('lasting', service.database);
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

const request = { model: 'simulated', input: '[[length=300]] tell me', background: true, temperature: 0 } as const;

/** A database as a replica sees it that can be stopped in the middle of its work. */
function pausable(database: Database): { readonly database: Database; pause(): void; goOn(): void } {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  return {
    database: {
      kind: database.kind,
      async query(sql, parameters) {
        await gate.promise;
        return database.query(sql, parameters);
      },
      async transaction(work) {
        await gate.promise;
        return database.transaction(work);
      },
      listen: (channel, onMessage) => database.listen(channel, onMessage),
      close: async () => {},
    },
    pause() {
      gate = Promise.withResolvers();
    },
    goOn: () => gate.resolve(),
  };
}

async function readFrom(id: string, after: number, most = Infinity): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  const stream = await client.responses.retrieve(id, { stream: true, starting_after: after });
  for await (const event of stream) {
    events.push(event);
    if (events.length >= most) break;
  }
  return events;
}

function deltasOf(events: readonly ResponseStreamEvent[]): string {
  return events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
}

/** What the log says of who wrote when: numbers without a gap, and no driver after a later one. */
async function checkHistory(id: string): Promise<number[]> {
  const { rows } = await service.database.query<{ first_seq: number; last_seq: number; fence: number }>(
    'SELECT first_seq, last_seq, fence FROM conversations.response_events WHERE response_id = $1 ORDER BY first_seq',
    [id],
  );
  for (const [index, row] of rows.entries()) {
    assert.equal(row.first_seq, (rows[index - 1]?.last_seq ?? -1) + 1);
    assert.ok(row.fence >= (rows[index - 1]?.fence ?? 0));
  }
  return [...new Set(rows.map(({ fence }) => fence))];
}

async function undisturbedText(): Promise<string> {
  service.route([lasting]);
  const { output_text: text } = await client.responses.create({ ...request, background: false });
  return text;
}

test('a driver that is paused beyond its lease is taken over, and can write nothing when it wakes', async () => {
  const text = await undisturbedText();
  const paused = pausable(service.database);
  const sleeper = await service.startReplica('sleeper', paused.database);
  service.route([sleeper]);
  const { id } = await client.responses.create(request);
  service.route([lasting]);
  const seen = await readFrom(id, -1, 30);
  paused.pause();
  const rest = await readFrom(id, seen.length - 1);
  assert.deepEqual(
    [...seen, ...rest].map(({ sequence_number: number }) => number),
    [...seen, ...rest].map((_, index) => index),
  );
  assert.equal(deltasOf([...seen, ...rest]), text);
  const before = await client.responses.retrieve(id);
  assert.equal(before.output_text, text);
  const fences = await checkHistory(id);
  assert.ok(fences.length === 2, `drivers ${fences.join(', ')}`);
  paused.goOn();
  await until(
    'the sleeper has given its run up',
    5_000,
    async () => !/open_runs 1/.test(await sleeper.metrics.metrics()),
  );
  assert.deepEqual(await client.responses.retrieve(id), before);
  assert.deepEqual(await checkHistory(id), fences);
  assert.deepEqual(await readFrom(id, -1), [...seen, ...rest]);
});

test('a replica that shuts down hands its runs over at once, and readers elsewhere see no gap', async () => {
  const text = await undisturbedText();
  const leaving = await service.startReplica('leaving', service.database);
  service.route([leaving]);
  const { id } = await client.responses.create(request);
  service.route([lasting]);
  const reading = readFrom(id, -1);
  await until('the run has begun', 5_000, async () => (await client.responses.retrieve(id)).output_text !== '');
  await leaving.drain(100);
  const events = await reading;
  assert.equal(deltasOf(events), text);
  assert.equal((await checkHistory(id)).length, 2);
});

test('a run that is cancelled while nobody drives it ends as cancelled and keeps what was written', async () => {
  const paused = pausable(service.database);
  const sleeper = await service.startReplica('second sleeper', paused.database);
  service.route([sleeper]);
  const { id } = await client.responses.create(request);
  service.route([lasting]);
  const seen = await readFrom(id, -1, 20);
  paused.pause();
  const cancelled = await client.responses.cancel(id);
  assert.equal(cancelled.status, 'cancelled');
  const whole = await client.responses.retrieve(id);
  assert.ok(whole.output_text.startsWith(deltasOf(seen)));
  paused.goOn();
  await until(
    'the sleeper has given its run up',
    5_000,
    async () => !/open_runs 1/.test(await sleeper.metrics.metrics()),
  );
  assert.deepEqual(await client.responses.retrieve(id), whole);
});
