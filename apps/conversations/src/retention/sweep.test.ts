import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { insertConversation } from '../conversations/conversation-rows.ts';
import { forgetIdempotencyKeys } from '../idempotency/claim-key.ts';
import { newId } from '../ids/new-id.ts';
import { storeResponse } from '../responses/testing/store-response.ts';
import { openTestDatabase } from '../testing/test-service.ts';
import { sweepExpired } from './sweep.ts';

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

async function count(table: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(`SELECT count(*) FROM conversations.${table}`);
  return rows[0]?.count ?? 0;
}

test('what has expired is deleted with its events, by the retention of its project', async () => {
  await database.query("INSERT INTO conversations.retention VALUES ('short', 1, 2)");
  await storeResponse(database, 'short', 30);
  await storeResponse(database, 'long', 30);
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

test('an ended batch goes 30 days after its end, or with its result files where they live longer; an open one stays', async () => {
  const day = 86_400;
  const endings = [
    ['gone', 'completed', 'completed_at', 31, null],
    ['young', 'completed', 'completed_at', 29, null],
    ['failed', 'failed', 'failed_at', 31, null],
    ['cancelled', 'cancelled', 'cancelled_at', 31, 3_600],
    ['with long files', 'expired', 'expired_at', 31, 60 * day],
    ['with files that are gone too', 'expired', 'expired_at', 61, 60 * day],
    ['open', 'in_progress', 'in_progress_at', 90, null],
  ] as const;
  for (const [id, status, column, daysAgo, expiresAfter] of endings) {
    await database.query(
      `INSERT INTO conversations.batches
         (id, project, key_id, endpoint, input_file_id, status, ${column}, expires_at, output_expires_after)
       VALUES ($1, 'p', 'key', '/v1/chat/completions', 'file-1', $2, now() - $3 * interval '1 day', now(), $4)`,
      [id, status, daysAgo, expiresAfter],
    );
    await database.query(
      `INSERT INTO conversations.batch_lines (batch_id, line, custom_id, body) VALUES ($1, 1, 'a', '{}')`,
      [id],
    );
  }
  assert.equal(await sweepExpired(database), 4);
  const { rows } = await database.query<{ id: string }>('SELECT id FROM conversations.batches ORDER BY id');
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['open', 'with long files', 'young'],
  );
  assert.equal(await count('batch_lines'), 3);
});

test('more than one step of the sweeper takes all go', async () => {
  await database.query(
    `INSERT INTO conversations.batches (id, project, key_id, endpoint, input_file_id, status, failed_at, expires_at)
     SELECT 'many-' || n, 'p', 'key', '/v1/responses', 'file-1', 'failed', now() - interval '40 days', now()
     FROM generate_series(1, 450) AS n`,
  );
  assert.equal(await sweepExpired(database), 450);
});

test('keys of idempotency that are a day old are forgotten, however many there are', async () => {
  await database.query(
    `INSERT INTO conversations.idempotency_keys (project, route, key, digest, resource_id, created_at)
     SELECT 'p', 'r', n::text, '', '', now() - CASE WHEN n = 1 THEN 1 ELSE 25 END * interval '1 hour'
     FROM generate_series(1, 2500) AS n`,
  );
  await forgetIdempotencyKeys(database);
  const { rows } = await database.query('SELECT key FROM conversations.idempotency_keys');
  assert.deepEqual(rows, [{ key: '1' }]);
});
