import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { maxPageBytes } from '../http/paging.ts';
import { normalizeInput } from '../prompt/normalize-input.ts';
import { maxContextBytes } from '../runs/load-context.ts';
import type { Conversations } from '../start-conversations.ts';
import { createTestModel } from '../testing/test-model.ts';
import { ask, openTestDatabase, startTestService } from '../testing/test-service.ts';
import { appendItems, writeItems } from './append-items.ts';

/** Bounds on reading one conversation. */

/** Many times what a page or a context may hold; each item is more than that already. */
const items = 6;
const characters = maxPageBytes + 1_000_000;

const model = createTestModel();
let database: Database;
let service: Conversations;
let huge: string;
before(async () => {
  database = await openTestDatabase();
  service = await startTestService(database, model);
  huge = await createConversation();
  const content = 'x'.repeat(characters);
  for (let count = 0; count < items; count++) await add(huge, content);
  await add(huge, 'and the last');
});
after(async () => {
  await service.close();
  await database.close();
});

async function createConversation(): Promise<string> {
  const reply = await ask(service, '/v1/conversations', { body: {} });
  return ((await reply.json()) as { id: string }).id;
}

/** Stores an item that only earlier versions accepted, since no current body may be this large. */
async function add(id: string, content: string): Promise<void> {
  const items = writeItems(normalizeInput([{ role: 'user', content }]));
  await database.transaction((transaction) => appendItems(transaction, 'p1', id, items));
}

function askedOfModel(): readonly string[] {
  const body = model.calls[0]?.body as { readonly messages: readonly { readonly content: string }[] } | undefined;
  return (body?.messages ?? []).map(({ content }) => content);
}

interface List {
  readonly data: readonly { readonly id: string }[];
  readonly has_more: boolean;
  readonly last_id: string;
}

/** Reads all pages of a list and checks that each is bounded. @returns the ids, and the number of pages. */
async function readPages(
  path: string,
  most: number,
): Promise<{ readonly ids: readonly string[]; readonly pages: number }> {
  const ids: string[] = [];
  for (let after = '', pages = 1; ; pages++) {
    const text = await (await ask(service, `${path}?limit=100&order=asc${after}`)).text();
    const list = JSON.parse(text) as List;
    assert.ok(list.data.length > 0);
    assert.ok(text.length <= (list.data.length === 1 ? characters : maxPageBytes) + 1_000, `${text.length} bytes`);
    ids.push(...list.data.map(({ id }) => id));
    if (!list.has_more || pages === most) return { ids, pages };
    after = `&after=${list.last_id}`;
  }
}

test('pages of a conversation of 56 MB are bounded in bytes', async () => {
  const { ids, pages } = await readPages(`/v1/conversations/${huge}/items`, 3);
  // Each large item is a page by itself.
  assert.equal(new Set(ids).size, 3);
  assert.equal(pages, 3);
});

test('pages of what a response was asked are bounded as well', async () => {
  const content = 'y'.repeat(1_600_000);
  const input = Array.from({ length: 5 }, () => ({ role: 'user', content }));
  const reply = await ask(service, '/v1/responses', { body: { model: 'm', input } });
  const { id } = (await reply.json()) as { id: string };
  const { ids, pages } = await readPages(`/v1/responses/${id}/input_items`, 9);
  assert.equal(ids.length, 5);
  assert.equal(pages, 1);
});

test('a response is refused a conversation that no model could read, with the limit; cut, it gets the newest of it', async () => {
  const request = { model: 'm', conversation: huge, input: 'what now?' };
  const refused = await ask(service, '/v1/responses', { body: request });
  assert.equal(refused.status, 400);
  const { error } = (await refused.json()) as { error: { code: string; message: string; param: string } };
  assert.deepEqual([error.code, error.param], ['context_length_exceeded', 'conversation']);
  assert.match(error.message, new RegExp(`${maxContextBytes} bytes`));

  model.calls.length = 0;
  const cut = await ask(service, '/v1/responses', { body: { ...request, truncation: 'auto' } });
  assert.equal(((await cut.json()) as { status: string }).status, 'completed');
  assert.deepEqual(askedOfModel(), ['and the last', 'what now?']);
});

test('a chain of responses is bounded in the same way', async () => {
  let previous: string | null = null;
  for (let turn = 0; turn < 4; turn++) {
    const body = {
      model: 'm',
      input: `${turn} ${'z'.repeat(3_000_000)}`,
      truncation: 'auto',
      previous_response_id: previous,
    };
    const reply = (await (await ask(service, '/v1/responses', { body })).json()) as { id: string; status: string };
    assert.equal(reply.status, 'completed');
    previous = reply.id;
  }
  const last = { model: 'm', input: 'now?', previous_response_id: previous };
  assert.equal((await ask(service, '/v1/responses', { body: last })).status, 400);
  model.calls.length = 0;
  const cut = await ask(service, '/v1/responses', { body: { ...last, truncation: 'auto' } });
  assert.equal(cut.status, 200);
  assert.deepEqual(
    askedOfModel().map((content) => content.slice(0, 2)),
    ['2 ', 'he', '3 ', 'he', 'no'],
  );
});

test('a conversation and what a response shows of its request are bounded where they are written', async () => {
  const id = await createConversation();
  await database.query('UPDATE conversations.conversations SET bytes = 536870000 WHERE id = $1', [id]);
  const full = await ask(service, `/v1/conversations/${id}/items`, {
    body: { items: [{ role: 'user', content: 'q'.repeat(1_000) }] },
  });
  assert.equal(full.status, 400);
  assert.match(await full.text(), /the limit is 536870912/);
  const talk = await ask(service, '/v1/responses', {
    body: { model: 'm', conversation: id, input: 'q'.repeat(1_000) },
  });
  assert.match(await talk.text(), /the limit is 536870912/);
  const shown = await ask(service, '/v1/responses', {
    body: { model: 'm', input: 'a', instructions: 'i'.repeat(3_000_000) },
  });
  assert.match(await shown.text(), /the limit is 2097152/);
});
