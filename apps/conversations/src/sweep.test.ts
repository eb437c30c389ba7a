import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { openResponse } from './answer/response-object.ts';
import { insertConversation } from './conversations/conversation-rows.ts';
import { newId } from './ids.ts';
import { insertRun } from './runs/run-store.ts';
import { sweepExpired } from './sweep.ts';

let database: Database;
before(async () => {
  database = openDatabase({ folder: null });
  await migrate(database, 'conversations', fileURLToPath(new URL('../migrations', import.meta.url)));
});
after(() => database.close());

async function store(project: string): Promise<string> {
  const id = newId('resp');
  const request = { model: 'demo', input: 'hello' };
  const response = openResponse(id, request, 1_760_000_000);
  const events = [{ type: 'response.created', sequence_number: 0 }];
  const owner = { project, keyId: 'key', requestId: 'req', traceparent: null };
  await insertRun(database, 'test', {
    ...owner,
    id,
    request,
    response,
    events,
    input: [],
    conversationId: null,
    inChat: false,
    retentionDays: 30,
  });
  return id;
}

async function count(table: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(`SELECT count(*) FROM conversations.${table}`);
  return rows[0]?.count ?? 0;
}

test('what has expired is deleted with its events, by the retention of its project', async () => {
  await database.query("INSERT INTO conversations.retention VALUES ('short', 1, 2)");
  await store('short');
  await store('long');
  await insertConversation(database, 'short', newId('conv'), {});
  await insertConversation(database, 'long', newId('conv'), {});
  const { rows } = await database.query<{ days: number }>(
    `SELECT round(extract(epoch FROM expires_at - now()) / 86400)::int AS days FROM conversations.responses ORDER BY 1`,
  );
  assert.deepEqual(
    rows.map(({ days }) => days),
    [1, 30],
  );
  assert.equal(await sweepExpired(database), 0);
  for (const table of ['responses', 'conversations']) {
    await database.query(`UPDATE conversations.${table} SET expires_at = expires_at - interval '3 days'`);
  }
  assert.equal(await sweepExpired(database), 2);
  assert.deepEqual([await count('responses'), await count('response_events'), await count('conversations')], [1, 1, 1]);
});
