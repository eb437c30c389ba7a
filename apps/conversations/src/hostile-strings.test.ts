import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allPaths } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { Conversations } from './start-conversations.ts';
import { createTestModel } from './testing/test-model.ts';
import { ask, openTestDatabase, startTestService } from './testing/test-service.ts';

/** Strings that often break databases and parsers, on every route of the table. */

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

/** For paths and queries, percent-encoded. */
const encoded = ['%00', 'a%00b', '%ED%A0%80', '%F0%9F%98%80', '%E2%80%AE', 'x'.repeat(500), '%', '%2E%2E%2F', "'%3B--"];

/** For JSON, with escapes. */
const escaped = [
  '\\u0000',
  'a\\u0000b',
  '\\ud83d',
  '\\udc00\\ud83d',
  '😀',
  '\\u202e',
  'x'.repeat(300),
  "'; --",
  '__proto__',
];

const own = allPaths.filter(({ owner }) => owner === 'conversations');

/** Bodies with `$` in each place of a string. */
const bodies: Readonly<Record<string, readonly string[]>> = {
  '/v1/responses': [
    '{"model":"$","input":"hi"}',
    '{"model":"m","input":"$"}',
    '{"model":"m","input":"hi","background":true,"instructions":"$"}',
    '{"model":"m","input":"hi","metadata":{"$":"$"}}',
    '{"model":"m","input":"hi","metadata":{"kumiki_chat":"$"}}',
    '{"model":"m","input":"hi","previous_response_id":"$"}',
    '{"model":"m","input":"hi","conversation":"$"}',
    '{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"$"}]}]}',
    '{"model":"m","input":[{"type":"item_reference","id":"$"},{"role":"user","content":"hi"}],"conversation":"CONV"}',
    '{"model":"m","input":[{"type":"function_call_output","call_id":"$","output":"$"}]}',
    '{"model":"m","input":"hi","user":"$","safety_identifier":"$","prompt_cache_key":"$"}',
    '{"model":"m","input":"hi","tools":[{"type":"function","name":"f","description":"$","parameters":{"$":"$"}}]}',
    '{"model":"m","input":"hi","tools":[{"type":"file_search","vector_store_ids":["$"],"filters":{"$":"$"}}]}',
    '{"model":"m","input":"hi","text":{"format":{"type":"json_schema","name":"$","schema":{"$":"$"}}}}',
    '{"model":"m","input":"hi","$":"$"}',
  ],
  '/v1/responses/input_tokens': ['{"model":"m","input":"$"}', '{"model":"m","previous_response_id":"$"}'],
  '/v1/conversations': ['{"metadata":{"$":"$"}}', '{"items":[{"role":"user","content":"$"}]}', '{"$":1}'],
  '/v1/conversations/:': ['{"metadata":{"$":"$"}}'],
  '/v1/conversations/:/items': [
    '{"items":[{"role":"user","content":"$"}]}',
    '{"items":[{"type":"function_call","call_id":"$","name":"f","arguments":"$"}]}',
  ],
  '/v1/batches': [
    '{"input_file_id":"$","endpoint":"/v1/responses","completion_window":"24h"}',
    '{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h","metadata":{"$":"$"}}',
  ],
  '/v1/kumiki/chats': ['{"title":"$"}', '{"settings":{"instructions":"$","model":"$","vector_store_ids":["$"]}}'],
  '/v1/kumiki/chats/:': ['{"title":"$"}', '{"settings":{"instructions":"$"}}', '{"current_response_id":"$"}'],
  '/v1/kumiki/chats/:/fork': ['{"response_id":"$","scope":"path"}'],
  '/v1/kumiki/projects/:/retention': ['{"response_days":"$"}', '{"$":1}'],
};

const queries = ['after', 'limit', 'order', 'starting_after', 'stream', 'query', 'pinned'];

async function answer(path: string, method: 'GET' | 'POST' | 'DELETE', body?: string): Promise<void> {
  const reply = await ask(service, path, { method, ...(body === undefined ? {} : { body }) });
  const text = await reply.text();
  assert.ok(reply.status < 500, `${method} ${path} ${body ?? ''}: ${reply.status} ${text.slice(0, 300)}`);
}

/** Creates one of each resource, so that paths lead to existing ones. */
async function existing(): Promise<{
  readonly conversation: string;
  readonly chat: string;
  readonly response: string;
}> {
  const make = async (path: string, body: unknown): Promise<string> =>
    ((await (await ask(service, path, { body })).json()) as { id: string }).id;
  return {
    conversation: await make('/v1/conversations', {}),
    chat: await make('/v1/kumiki/chats', {}),
    response: await make('/v1/responses', { model: 'm', input: 'hi' }),
  };
}

test('no string in a path or a query is ever an error of ours', async () => {
  const ids = await existing();
  for (const { method, pattern, sample } of own) {
    for (const hostile of encoded) {
      if (pattern.includes(':')) await answer(pattern.replace(/:\w+/g, hostile), method);
      if (method !== 'GET') continue;
      const real = pattern.replace(':conversation', ids.conversation).replace(':chat', ids.chat);
      const path = real.replace(':response', ids.response).replace(/:\w+/g, 'none');
      for (const name of queries) await answer(`${path}?${name}=${hostile}`, method);
      await answer(`${sample}?${hostile}=1`, method);
    }
  }
});

test('no string in a body is ever an error of ours, and what was stored is given back', async () => {
  const ids = await existing();
  for (const { method, pattern } of own.filter((row) => row.method === 'POST' && row.body.maxBytes > 4_096)) {
    const shape = pattern.replace(/:\w+/g, ':');
    const templates = bodies[shape];
    assert.ok(templates !== undefined, `${pattern} has no bodies here`);
    const path = pattern.replace(':conversation', ids.conversation).replace(':chat', ids.chat).replace(/:\w+/g, 'none');
    for (const template of templates) {
      for (const hostile of escaped) {
        await answer(path, method, template.replaceAll('$', () => hostile).replace('CONV', ids.conversation));
      }
    }
  }
  for (const path of [`/v1/conversations/${ids.conversation}/items?limit=100`, '/v1/kumiki/chats', '/v1/batches']) {
    await answer(path, 'GET');
  }
});
