import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { Conversations } from '../start-conversations.ts';
import { createTestModel } from '../testing/test-model.ts';
import { ask, openTestDatabase, startTestService, untilTrue } from '../testing/test-service.ts';
import { maxBackgroundRunsOfProject } from './replica-room.ts';

/** Limits of one project on shared capacity, and how its further runs wait. */

const model = createTestModel();
let database: Database;
let service: Conversations;
before(async () => {
  database = await openTestDatabase();
  service = await startTestService(database, model);
});
after(async () => {
  await service.close();
  await database.close();
});
beforeEach(() => {
  model.calls.length = 0;
  model.onChat = () => {};
});

const later = { model: 'm', input: 'hi', background: true };

async function refusalOf(reply: Response): Promise<{ readonly code: string; readonly message: string }> {
  return ((await reply.json()) as { error: { code: string; message: string } }).error;
}

function open(project: string): Promise<number> {
  return count('project = $1 AND ended_at IS NULL', project);
}

async function count(where: string, project: string): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*) FROM conversations.responses WHERE ${where}`,
    [project],
  );
  return rows[0]?.count ?? 0;
}

test('1,100 background responses of one project end at its limit, and another project is served at once', async () => {
  const busy = Promise.withResolvers<void>();
  model.onChat = ({ keyId }) => (keyId === 'key_of_greedy' ? busy.promise : undefined);
  const replies = await Promise.all(
    Array.from({ length: 1_100 }, () => ask(service, '/v1/responses', { body: later, project: 'greedy' })),
  );
  const refused = replies.filter(({ status }) => status !== 200);
  assert.equal(refused.length, 1_100 - 256);
  const [first] = refused;
  assert.ok(first !== undefined);
  const { code, message } = await refusalOf(first);
  assert.equal(code, 'quota_exceeded');
  assert.match(message, /may have 256 responses that have not ended and has 256; this needs 1 more/);
  assert.equal(await open('greedy'), 256);
  // Exactly as many of its runs are driven as one project may have.
  const driven = () => count('project = $1 AND ended_at IS NULL AND lease_owner IS NOT NULL', 'greedy');
  await untilTrue('it has what it may have', async () => (await driven()) >= maxBackgroundRunsOfProject);
  assert.equal(await driven(), maxBackgroundRunsOfProject);

  const now = await ask(service, '/v1/responses', { body: { model: 'm', input: 'hi' }, project: 'modest' });
  assert.equal(((await now.json()) as { status: string }).status, 'completed');
  await (await ask(service, '/v1/responses', { body: later, project: 'modest' })).body?.cancel();
  await untilTrue('the other project is served', async () => (await open('modest')) === 0);
  assert.equal(await open('greedy'), 256);
  busy.resolve();
  await untilTrue('what waited is done', async () => (await open('greedy')) === 0);
});

test('what waits for a busy model gives its driver back, is cancelled at once, and is tried again in turn', async () => {
  const end = performance.now() + 6_000;
  model.onChat = () => {
    if (performance.now() < end) throw new KumikiError('rate_limit_exceeded', { limit: 1, unit: 'requests' });
  };
  const ids = await Promise.all(
    [1, 2].map(async () => {
      const reply = await ask(service, '/v1/responses', { body: later, project: 'patient' });
      return ((await reply.json()) as { id: string }).id;
    }),
  );
  await untilTrue(
    'both wait without a driver',
    async () => (await count('project = $1 AND ended_at IS NULL AND lease_owner IS NULL', 'patient')) === 2,
  );
  const cancelled = await ask(service, `/v1/responses/${ids[0]}/cancel`, { method: 'POST', project: 'patient' });
  assert.equal(((await cancelled.json()) as { status: string }).status, 'cancelled');
  await untilTrue('the other is done', async () => (await open('patient')) === 0);
  const done = await ask(service, `/v1/responses/${ids[1]}`, { project: 'patient' });
  assert.equal(((await done.json()) as { status: string }).status, 'completed');
});

test('a key that is revoked ends its responses for good, with a code that says so', async () => {
  model.onChat = () => {
    throw new KumikiError('credential_revoked', { credential: 'API key' });
  };
  const reply = await ask(service, '/v1/responses', { body: later, project: 'gone' });
  const { id } = (await reply.json()) as { id: string };
  await untilTrue('it has ended', async () => (await open('gone')) === 0);
  const failed = (await (await ask(service, `/v1/responses/${id}`, { project: 'gone' })).json()) as {
    status: string;
    error: { code: string };
  };
  assert.deepEqual([failed.status, failed.error.code], ['failed', 'credential_revoked']);
  assert.equal(model.calls.length, 1);
});

test('responses that are not stored count as open ones, however many come at once, also against stored ones', async () => {
  const busy = Promise.withResolvers<void>();
  model.onChat = () => busy.promise;
  const limits = { open_responses: 5 };
  const unstored = { model: 'm', input: 'hi', store: false };
  const replies = Array.from({ length: 12 }, () =>
    ask(service, '/v1/responses', { body: unstored, project: 'forgetful', limits }),
  );
  const refused: Response[] = [];
  for (const reply of replies) void reply.then((one) => one.status === 429 && refused.push(one));
  await untilTrue('what is too much is refused', async () => refused.length === 7);
  for (const one of refused) assert.equal((await refusalOf(one)).code, 'quota_exceeded');
  const stored = await ask(service, '/v1/responses', { body: later, project: 'forgetful', limits });
  assert.equal((await refusalOf(stored)).code, 'quota_exceeded');
  busy.resolve();
  const statuses = (await Promise.all(replies)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 5);
  const next = await ask(service, '/v1/responses', { body: unstored, project: 'forgetful', limits });
  assert.equal(next.status, 200);
});
