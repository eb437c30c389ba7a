import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Chat, type ChatDetail, chatDetailSchema, chatListSchema, chatSchema } from '@kumiki/api';
import { until } from '@kumiki/testing';
import OpenAI from 'openai';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** Chats as the console uses them: every turn is a background response of the official SDK. */

let product: Product;
let service: ConversationsService;
let client: OpenAI;
let stranger: OpenAI;
before(async () => {
  product = await startProduct([simulatedModel('simulated', { interTokenLatencyMs: 10 })]);
  service = await startConversationsService(product);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
  stranger = new OpenAI({ baseURL: product.baseUrl, apiKey: product.addKey(), maxRetries: 0 });
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

const path = '/kumiki/chats';
const create = async (body: object = {}): Promise<Chat> => chatSchema.parse(await client.post(path, { body }));
const read = async (id: string): Promise<ChatDetail> => chatDetailSchema.parse(await client.get(`${path}/${id}`));

function say(chat: string, input: string, previous: string | null = null) {
  const metadata = { kumiki_chat: chat };
  return {
    model: 'simulated',
    input,
    background: true,
    temperature: 0,
    metadata,
    previous_response_id: previous,
  } as const;
}

async function ended(id: string): Promise<OpenAI.Responses.Response> {
  for await (const _ of await client.responses.retrieve(id, { stream: true }));
  return client.responses.retrieve(id);
}

/** Reads a chat until its only turn has some text. */
async function untilWriting(chat: string): Promise<ChatDetail> {
  let detail = await read(chat);
  await until('the turn has text', 20_000, async () => {
    detail = await read(chat);
    return textOf(detail.turns[0]?.response.output ?? []) !== '';
  });
  return detail;
}

function textOf(output: readonly unknown[]): string {
  const parts = (output as { content?: { text?: string }[] }[]).flatMap(({ content }) => content ?? []);
  return parts.map(({ text }) => text ?? '').join('');
}

test('a turn that is read half-way goes on from where it stands, without a gap or a repetition', async () => {
  const chat = await create({ settings: { model: 'simulated', instructions: 'Be brief.' } });
  assert.deepEqual([chat.title, chat.current_response_id, chat.running], ['', null, 0]);
  await client.responses.create(say(chat.id, '[[length=200]] tell me'));
  const { turns, running, title } = await untilWriting(chat.id);
  assert.deepEqual([running, title, turns.length], [1, '[[length=200]] tell me', 1]);
  const [turn] = turns;
  assert.ok(turn?.response.status === 'in_progress');
  assert.ok(turn.timing.first_token_ms !== null && turn.timing.total_ms === null);
  let text = textOf(turn.response.output);
  const stream = await client.responses.retrieve(turn.response_id, {
    stream: true,
    starting_after: turn.last_sequence,
  });
  for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
  const whole = await client.responses.retrieve(turn.response_id);
  assert.equal(text, whole.output_text);
  const detail = await read(chat.id);
  const { queued_ms: queued, first_token_ms: first, total_ms: total } = detail.turns[0]?.timing ?? {};
  assert.ok(0 <= Number(queued) && Number(queued) <= Number(first) && Number(first) < Number(total));
  assert.equal(first, turn.timing.first_token_ms);
  assert.equal(detail.running, 0);
});

test('how long the first token took is the same after another replica has taken over', async () => {
  const leaving = await service.startReplica('leaving', service.database);
  const staying = service.replicas.slice(0, 1);
  const chat = await create();
  service.route([leaving]);
  await client.responses.create(say(chat.id, '[[length=300]] tell me'));
  service.route(staying);
  const [before] = (await untilWriting(chat.id)).turns;
  await leaving.drain(100);
  await ended(before?.response_id ?? '');
  const [turn] = (await read(chat.id)).turns;
  assert.equal(turn?.response.status, 'completed');
  assert.equal(turn.timing.first_token_ms, before?.timing.first_token_ms);
  assert.equal(turn.timing.queued_ms, before?.timing.queued_ms);
});

test('branches of one turn run at once', async () => {
  const chat = await create({ title: 'branches' });
  const first = await client.responses.create(say(chat.id, 'hello'));
  await ended(first.id);
  const branches = await Promise.all(
    ['a', 'b', 'c'].map((text) => client.responses.create(say(chat.id, text, first.id))),
  );
  await Promise.all(branches.map(({ id }) => ended(id)));
  const { turns } = await read(chat.id);
  assert.equal(turns.length, 4);
  assert.equal(turns.filter(({ previous_response_id: previous }) => previous === first.id).length, 3);
  assert.ok(turns.every(({ response }) => response.status === 'completed'));
});

test('a key neither sees nor joins the chats of another one, and nothing of its attempt is stored', async () => {
  const chat = await create({ title: 'secret plans' });
  await assert.rejects(stranger.get(`${path}/${chat.id}`), { status: 404, code: 'not_found' });
  await assert.rejects(stranger.delete(`${path}/${chat.id}`), { status: 404 });
  const count = async () => (await service.database.query('SELECT 1 FROM conversations.responses')).count;
  const stored = await count();
  await assert.rejects(stranger.responses.create(say(chat.id, 'hello')), {
    status: 404,
    code: 'not_found',
    param: 'metadata.kumiki_chat',
  });
  assert.equal(await count(), stored);
  assert.deepEqual(chatListSchema.parse(await stranger.get(path)).data, []);
  assert.deepEqual((await read(chat.id)).turns, []);
});

test('deleting a chat ends what runs in it, and its responses are gone', async () => {
  const chat = await create();
  const { id } = await client.responses.create(say(chat.id, '[[length=2000]] tell me'));
  await untilWriting(chat.id);
  assert.deepEqual(await client.delete(`${path}/${chat.id}`), { object: 'kumiki.chat', id: chat.id, deleted: true });
  await assert.rejects(client.responses.retrieve(id), { status: 404 });
  await assert.rejects(client.get(`${path}/${chat.id}`), { status: 404 });
  await until('nothing runs', 20_000, async () =>
    (await Promise.all(service.replicas.map(({ metrics }) => metrics.metrics()))).every((text) =>
      /open_runs 0/.test(text),
    ),
  );
});

test('a chat is renamed, pinned, found and forked', async () => {
  const chat = await create();
  const turn = await client.responses.create(say(chat.id, 'hello'));
  await ended(turn.id);
  const body = { title: ' ＧＰＵの増設 ', pinned: true, settings: { temperature: 0.5 } };
  const changed = chatSchema.parse(await client.post(`${path}/${chat.id}`, { body }));
  assert.deepEqual([changed.title, changed.pinned, changed.settings], ['ＧＰＵの増設', true, { temperature: 0.5 }]);
  const found = chatListSchema.parse(await client.get(path, { query: { query: 'gpu', pinned: 'true' } }));
  assert.deepEqual(
    found.data.map(({ id }) => id),
    [chat.id],
  );
  const fork = { response_id: turn.id, scope: 'path' };
  const forked = chatSchema.parse(await client.post(`${path}/${chat.id}/fork`, { body: fork }));
  assert.deepEqual([forked.pinned, forked.current_response_id], [false, turn.id]);
  await client.delete(`${path}/${chat.id}`);
  assert.equal((await read(forked.id)).turns[0]?.response_id, turn.id);
});

test('what cannot be kept is refused by name', async () => {
  const chat = await create();
  const post = (body: object) => client.post(`${path}/${chat.id}`, { body });
  await assert.rejects(post({ title: 'a\0b' }), { status: 400, param: 'title' });
  await assert.rejects(post({ title: 'x'.repeat(257) }), { status: 400, param: 'title' });
  await assert.rejects(post({ colour: 'red' }), { status: 400, code: 'unknown_parameter', param: 'colour' });
  await assert.rejects(post({ settings: { temperature: 3 } }), { status: 400, param: 'settings.temperature' });
  await assert.rejects(client.get(path, { query: { limit: 1000 } }), { status: 400, param: 'limit' });
  const unstored = { ...say(chat.id, 'hello'), background: false, store: false };
  await assert.rejects(client.responses.create(unstored), { status: 400, param: 'store' });
});
