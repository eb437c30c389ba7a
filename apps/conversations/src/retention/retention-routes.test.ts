import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { createLog, createServiceApp } from '@kumiki/service';
import { openTables, type TestDatabase } from '../chats/testing/test-chats.ts';
import { insertConversation } from '../conversations/conversation-rows.ts';
import { newId } from '../ids/new-id.ts';
import { storeResponse } from '../responses/testing/store-response.ts';
import { addRetentionRoutes } from './retention-routes.ts';

const retentionDays = 30;

let tables: TestDatabase;
let database: Database;
before(async () => {
  tables = await openTables('embedded');
  ({ database } = tables);
});
after(() => tables[Symbol.asyncDispose]());

async function call(project: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const log = createLog({ service: 'test', level: 'silent' });
  const { app } = await createServiceApp({ owner: 'conversations', token: 't', log, requestTimeoutMs: 5_000 });
  addRetentionRoutes(app, { database, log, retentionDays });
  const reply = await app.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: `/v1/kumiki/projects/${encodeURIComponent(project)}/retention`,
    headers: { authorization: 'Bearer t', 'x-kumiki-key': 'key_1', 'x-kumiki-project': 'default' },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  await app.close();
  return { status: reply.statusCode, json: reply.json() };
}

async function daysLeft(table: 'responses' | 'conversations', id: string): Promise<number | null> {
  const { rows } = await database.query<{ days: number | null }>(
    `SELECT round(extract(epoch FROM expires_at - now()) / 86400)::int AS days FROM conversations.${table} WHERE id = $1`,
    [id],
  );
  return rows[0]?.days ?? null;
}

async function storeConversation(project: string): Promise<string> {
  const id = newId('conv');
  await insertConversation(database, project, id, {});
  return id;
}

test('a project that nobody has set anything for keeps responses as the installation does and conversations always', async () => {
  assert.deepEqual(await call('untouched'), {
    status: 200,
    json: {
      object: 'kumiki.retention',
      project: 'untouched',
      response_days: null,
      conversation_days: null,
      default_response_days: 30,
    },
  });
});

test('what is set counts for what is stored from then on, in that project alone', async () => {
  const project = '会計 / 2026';
  const [early, earlyConversation] = [
    await storeResponse(database, project, retentionDays),
    await storeConversation(project),
  ];
  const { status, json } = await call(project, { response_days: 2, conversation_days: 5 });
  assert.deepEqual([status, json['project'], json['response_days'], json['conversation_days']], [200, project, 2, 5]);
  assert.equal(await daysLeft('responses', await storeResponse(database, project, retentionDays)), 2);
  assert.equal(await daysLeft('conversations', await storeConversation(project)), 5);
  assert.equal(await daysLeft('responses', early), 30);
  assert.equal(await daysLeft('conversations', earlyConversation), null);
  assert.equal(await daysLeft('responses', await storeResponse(database, 'another', retentionDays)), 30);
});

test('a member that is left out stays, and null takes it back', async () => {
  await call('p', { conversation_days: 7 });
  assert.equal(
    await daysLeft('responses', await storeResponse(database, 'p', retentionDays)),
    30,
    'the installation still says it for these',
  );
  const both = await call('p', { response_days: 1 });
  assert.deepEqual([both.json['response_days'], both.json['conversation_days']], [1, 7]);
  await call('p', { conversation_days: null });
  const back = await call('p', { response_days: null });
  assert.deepEqual([back.json['response_days'], back.json['conversation_days']], [null, null]);
  assert.equal(await daysLeft('responses', await storeResponse(database, 'p', retentionDays)), 30);
  assert.equal(await daysLeft('conversations', await storeConversation('p')), null);
});

test('what is no number of days is refused by name, and nothing is changed', async () => {
  for (const [body, param, code] of [
    [{ response_days: 0 }, 'response_days', 'invalid_value'],
    [{ response_days: 36_501 }, 'response_days', 'invalid_value'],
    [{ conversation_days: 1.5 }, 'conversation_days', 'invalid_value'],
    [{ conversation_days: '7' }, 'conversation_days', 'invalid_value'],
    [{ response_day: 7 }, 'response_day', 'unknown_parameter'],
    [{}, 'body', 'invalid_value'],
  ] as const) {
    const { status, json } = await call('strict', body);
    const error = json['error'] as { param: string; code: string };
    assert.deepEqual([status, error.param, error.code], [400, param, code], JSON.stringify(body));
  }
  assert.equal((await call('x'.repeat(129))).status, 404);
  const { json } = await call('strict');
  assert.deepEqual([json['response_days'], json['conversation_days']], [null, null]);
});
