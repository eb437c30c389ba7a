import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ProjectLimits } from '@kumiki/api';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import type { GatewayClient } from '@kumiki/service';
import type { Conversations } from '../start-conversations.ts';
import { createTestModel } from '../testing/test-model.ts';
import { ask, migrationsFolder, startTestService } from '../testing/test-service.ts';

/** Requests of one moment at two replicas, for which there is less room than they need: as many pass as may. */

const skip = whyNoPostgres() ?? false;
const requests = 50;
const rounds = 5;
const room = 7;

const model = createTestModel();
/** A model, and every file of a batch. */
const gateway: GatewayClient = { ...model, json: <Value>() => Promise.resolve({ purpose: 'batch' } as Value) };
const replicas: Conversations[] = [];
const databases: Database[] = [];
let server: TestPostgres;

before(async () => {
  if (skip !== false) return;
  server = await startPostgres();
  for (const name of ['one', 'two']) {
    const database = openDatabase({ url: server.url, applicationName: name });
    databases.push(database);
    await migrate(database, 'conversations', migrationsFolder);
    replicas.push(await startTestService(database, gateway, name));
  }
});
after(async () => {
  if (skip !== false) return;
  await Promise.all(replicas.map((replica) => replica.close()));
  await Promise.all(databases.map((database) => database.close()));
  await server.stop();
});

interface Usage {
  readonly conversations: number;
  readonly conversation_bytes: number;
  readonly open_responses: number;
  readonly open_batches: number;
}

/** Sends all requests at once, one half to each replica. @returns how many passed; the others are refused by the quota. */
async function passed(path: string, body: unknown, project: string, limits: Partial<ProjectLimits>): Promise<number> {
  const replies = await Promise.all(
    Array.from({ length: requests }, (_, index) => ask(replicaOf(index), path, { body, project, limits })),
  );
  let count = 0;
  for (const reply of replies) {
    const { error } = (await reply.json()) as { error?: { code?: string } };
    if (reply.status === 200) count++;
    else assert.deepEqual([reply.status, error?.code], [429, 'quota_exceeded']);
  }
  return count;
}

function replicaOf(index: number): Conversations {
  const replica = replicas[index % replicas.length];
  assert.ok(replica !== undefined);
  return replica;
}

async function usageOf(project: string): Promise<Usage> {
  return (await (await ask(replicaOf(0), `/v1/kumiki/usage/conversations/${project}`)).json()) as Usage;
}

/** What is added, and what shows how much of it there is. */
const additions = [
  { path: '/v1/conversations', body: {}, limit: 'conversations' },
  { path: '/v1/kumiki/chats', body: {}, limit: 'conversations' },
  { path: '/v1/responses', body: { model: 'm', input: 'hi', background: true }, limit: 'open_responses' },
  {
    path: '/v1/batches',
    body: { input_file_id: 'file', endpoint: '/v1/chat/completions', completion_window: '24h' },
    limit: 'open_batches',
  },
] as const;

for (const { path, body, limit } of additions) {
  test(`of ${requests} requests at once to ${path} as many pass as there is room for`, { skip }, async () => {
    // Responses and batches stay open: their model does not answer, and the file of the batch does not come.
    const never = Promise.withResolvers<never>();
    model.onChat = () => never.promise;
    for (let round = 0; round < rounds; round++) {
      const project = `${limit}${path}${round}`.replaceAll('/', '-');
      assert.equal(await passed(path, body, project, { [limit]: room }), room, `round ${round}`);
      assert.equal((await usageOf(project))[limit], room, `round ${round}`);
    }
  });
}

test(`of ${requests} items at once as many are stored as there are bytes for`, { skip }, async () => {
  const content = 'x'.repeat(1_000);
  for (let round = 0; round < rounds; round++) {
    const project = `bytes-${round}`;
    const { id } = (await (await ask(replicaOf(0), '/v1/conversations', { body: {}, project })).json()) as {
      id: string;
    };
    const path = `/v1/conversations/${id}/items`;
    const body = { items: [{ role: 'user', content }] };
    await ask(replicaOf(1), path, { body, project });
    const each = (await usageOf(project)).conversation_bytes;
    const limits = { conversation_bytes: each * (room + 1) + 1 };
    assert.equal(await passed(path, body, project, limits), room, `round ${round}`);
    assert.equal((await usageOf(project)).conversation_bytes, each * (room + 1), `round ${round}`);
  }
});

test('changes of chats, conversations and responses at once wait for each other in no circle', { skip }, async () => {
  model.onChat = () => {};
  const project = 'circles';
  const make = async (path: string, body: unknown): Promise<string> =>
    ((await (await ask(replicaOf(0), path, { body, project })).json()) as { id: string }).id;
  const chat = await make('/v1/kumiki/chats', {});
  const conversation = await make('/v1/conversations', {});
  const turn = { model: 'm', input: 'hi', metadata: { kumiki_chat: chat } };
  const attempts: (readonly [string, unknown])[] = [
    ['/v1/responses', turn],
    ['/v1/responses', { model: 'm', input: 'hi', conversation }],
    [`/v1/conversations/${conversation}/items`, { items: [{ role: 'user', content: 'hi' }] }],
    [`/v1/kumiki/chats/${chat}`, { settings: { instructions: 'i' } }],
    [`/v1/kumiki/chats/${chat}/fork`, { scope: 'all', response_id: await make('/v1/responses', turn) }],
  ];
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, index) => {
      const [path, body] = attempts[index % attempts.length] ?? ['', {}];
      return ask(replicaOf(index), path, { body, project });
    }),
  );
  assert.deepEqual(
    replies.map(({ status }) => status),
    replies.map(() => 200),
  );
});
