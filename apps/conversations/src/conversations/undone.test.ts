import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { headers } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { Conversations } from '../start-conversations.ts';
import { createTestModel } from '../testing/test-model.ts';
import { ask, openTestDatabase, startTestService } from '../testing/test-service.ts';

/** What the service answers when the database undoes its work because of others. */

let database: Database;
let service: Conversations;
before(async () => {
  database = await openTestDatabase();
  service = await startTestService(database, createTestModel());
});
after(async () => {
  await service.close();
  await database.close();
});

/** From now on the database undoes the next `times` additions of items, each with this SQLSTATE. */
async function undo(times: number, sqlState: string): Promise<void> {
  // A sequence goes on counting when its transaction is undone.
  await database.query('DROP SEQUENCE IF EXISTS undone');
  await database.query('CREATE SEQUENCE undone');
  await database.query(`CREATE OR REPLACE FUNCTION undo_some() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('undone') <= ${times} THEN RAISE EXCEPTION 'undone' USING ERRCODE = '${sqlState}'; END IF;
    RETURN NEW;
  END $$`);
  await database.query(`CREATE OR REPLACE TRIGGER undo_some BEFORE INSERT ON conversations.items
    FOR EACH ROW EXECUTE FUNCTION undo_some()`);
}

async function count(): Promise<number> {
  const { rows } = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM conversations.conversations');
  return rows[0]?.n ?? 0;
}

const body = { items: [{ type: 'message', role: 'user', content: 'hi' }] };

test('a deadlock and a serialization failure are the service’s own matter: the client gets its conversation, once', async () => {
  for (const sqlState of ['40P01', '40001']) {
    const before = await count();
    await undo(2, sqlState);
    const reply = await ask(service, '/v1/conversations', { body });
    assert.equal(reply.status, 200, await reply.text());
    assert.equal(await count(), before + 1);
  }
});

test('work that is undone every time, or takes too long, is refused with 503 and when to try again', async () => {
  const before = await count();
  for (const sqlState of ['40P01', '40001', '57014', '55P03']) {
    await undo(1_000, sqlState);
    const reply = await ask(service, '/v1/conversations', { body });
    assert.equal(reply.status, 503, sqlState);
    assert.equal(reply.headers.get(headers.retryAfter), '1');
    assert.equal(reply.headers.get(headers.shouldRetry), 'true');
    const { error } = (await reply.json()) as { error: { code: string } };
    assert.equal(error.code, 'service_unavailable');
  }
  assert.equal(await count(), before);
});
