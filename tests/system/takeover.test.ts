import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Conversations } from '@kumiki/conversations';
import type { Database } from '@kumiki/postgres';
import { until } from '@kumiki/testing';
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** A run continues at another replica when its driver dies, is paused, or shuts down; clients only see a pause. */

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

interface WatchedDatabase {
  readonly database: Database;
  /** Resolves at the given batch of a run. With `pauses`, nothing is answered from then on. */
  readonly reached: Promise<void>;
  goOn(): void;
}

/** Wraps a replica's database, reports when that many batches of a run were stored, and can then stop answering. */
function watchDatabase(database: Database, batches: number, pauses: boolean): WatchedDatabase {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const reached = Promise.withResolvers<void>();
  let left = batches;
  return {
    reached: reached.promise,
    database: {
      kind: database.kind,
      async query(sql, parameters) {
        await gate.promise;
        const result = await database.query<never>(sql, parameters);
        if (sql.includes('INTO conversations.response_frames') && --left === 0) {
          if (pauses) gate = Promise.withResolvers();
          reached.resolve();
        }
        return result;
      },
      async transaction(work) {
        await gate.promise;
        return database.transaction(work);
      },
      listen: (channel, onMessage) => database.listen(channel, onMessage),
      close: async () => {},
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

async function untilGivenUp(replica: Conversations): Promise<void> {
  await until('the replica has given its run up', 20_000, async () =>
    /open_runs 0/.test(await replica.metrics.metrics()),
  );
}

function deltasOf(events: readonly ResponseStreamEvent[]): string {
  return events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
}

/** Checks the log: numbers without a gap, and no driver that writes after a later one. */
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
  const paused = watchDatabase(service.database, 3, true);
  const sleeper = await service.startReplica('sleeper', paused.database);
  service.route([sleeper]);
  const { id } = await client.responses.create(request);
  service.route([lasting]);
  await paused.reached;
  const seen = await readFrom(id, -1, 5);
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
  await untilGivenUp(sleeper);
  assert.deepEqual(await client.responses.retrieve(id), before);
  assert.deepEqual(await checkHistory(id), fences);
  assert.deepEqual(await readFrom(id, -1), [...seen, ...rest]);
});

test('a replica that shuts down hands its runs over at once, and readers elsewhere see no gap', async () => {
  const text = await undisturbedText();
  const watched = watchDatabase(service.database, 3, false);
  const leaving = await service.startReplica('leaving', watched.database);
  service.route([leaving]);
  const { id } = await client.responses.create(request);
  service.route([lasting]);
  const reading = readFrom(id, -1);
  await watched.reached;
  await leaving.drain(100);
  const events = await reading;
  assert.equal(deltasOf(events), text);
  assert.equal((await checkHistory(id)).length, 2);
});

test('a run that is cancelled while nobody drives it ends as cancelled and keeps what was written', async () => {
  const paused = watchDatabase(service.database, 3, true);
  const sleeper = await service.startReplica('second sleeper', paused.database);
  service.route([sleeper]);
  const { id } = await client.responses.create(request);
  service.route([lasting]);
  await paused.reached;
  const seen = await readFrom(id, -1, 5);
  const cancelled = await client.responses.cancel(id);
  assert.equal(cancelled.status, 'cancelled');
  const whole = await client.responses.retrieve(id);
  assert.ok(whole.output_text.startsWith(deltasOf(seen)));
  paused.goOn();
  await untilGivenUp(sleeper);
  assert.deepEqual(await client.responses.retrieve(id), whole);
});
