import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import type { Conversations } from '../start-conversations.ts';
import { createTestModel } from '../testing/test-model.ts';
import { ask, openTestDatabase, startTestService } from '../testing/test-service.ts';

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

interface Usage {
  readonly conversations: number;
  readonly conversation_bytes: number;
  readonly open_responses: number;
  readonly open_batches: number;
}

async function usage(project: string): Promise<Usage> {
  return (await ask(service, `/v1/kumiki/usage/conversations/${project}`)).json() as Promise<Usage>;
}

async function make(path: string, body: unknown, project: string): Promise<{ readonly id: string }> {
  const reply = await ask(service, path, { body, project });
  assert.equal(reply.status, 200);
  return (await reply.json()) as { id: string };
}

test('what a project has is counted with every change, and nothing is left when all is deleted', async () => {
  const project = 'counted';
  const items = [{ role: 'user', content: 'x'.repeat(10_000) }];
  const talk = await make('/v1/conversations', { items }, project);
  await make(`/v1/conversations/${talk.id}/items`, { items }, project);
  const chat = await make('/v1/kumiki/chats', { settings: { instructions: 'y'.repeat(5_000) } }, project);
  const answer = await make('/v1/responses', { model: 'm', input: 'z'.repeat(3_000), conversation: talk.id }, project);
  const used = await usage(project);
  // A chat counts as a conversation.
  assert.equal(used.conversations, 2);
  assert.equal(used.open_responses, 0);
  assert.ok(used.conversation_bytes > 10_000 * 2 + 5_000 + 3_000 * 2, `${used.conversation_bytes} bytes`);
  assert.ok(used.conversation_bytes < 60_000, `${used.conversation_bytes} bytes`);
  const listed = await ask(service, `/v1/conversations/${talk.id}/items?order=asc`, { project });
  const [first] = ((await listed.json()) as { data: { id: string }[] }).data;
  await ask(service, `/v1/conversations/${talk.id}/items/${first?.id}`, { method: 'DELETE', project });
  const less = await usage(project);
  assert.ok(used.conversation_bytes - less.conversation_bytes > 10_000);
  for (const path of [`/v1/conversations/${talk.id}`, `/v1/responses/${answer.id}`, `/v1/kumiki/chats/${chat.id}`]) {
    assert.equal((await ask(service, path, { method: 'DELETE', project })).status, 200);
  }
  assert.deepEqual(await usage(project), {
    object: 'kumiki.usage',
    project,
    conversations: 0,
    conversation_bytes: 0,
    open_responses: 0,
    open_batches: 0,
  });
});

test('whatever would take a project beyond its limits is refused with the limit, what it has and what it needs', async () => {
  const project = 'full';
  await make('/v1/conversations', {}, project);
  const full = { conversations: 1, conversation_bytes: 5_000 };
  const long = 'x'.repeat(6_000);
  const { id } = await make('/v1/conversations', {}, 'other');
  const attempts = [
    ['/v1/conversations', {}],
    ['/v1/responses', { model: 'm', input: long }],
    ['/v1/kumiki/chats', { settings: { instructions: long } }],
  ] as const;
  for (const [path, body] of attempts) {
    const reply = await ask(service, path, { body, project, limits: full });
    const { error } = (await reply.json()) as { error: { code: string; message: string } };
    assert.deepEqual([reply.status, error.code], [429, 'quota_exceeded'], path);
    assert.match(error.message, /The project 'full' may have (1 conversations and chats|5000 bytes)/);
  }
  const items = [{ role: 'user', content: long }];
  const reply = await ask(service, `/v1/conversations/${id}/items`, {
    body: { items },
    project: 'other',
    limits: full,
  });
  assert.equal(reply.status, 429);
});
