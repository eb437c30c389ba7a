import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Parameter, Queryable } from '@kumiki/postgres';
import { normalizeInput } from '../prompt/normalize-input.ts';
import { createTestModel } from '../testing/test-model.ts';
import { ask, openTestDatabase, startTestService } from '../testing/test-service.ts';
import { appendItems, writeItems } from './append-items.ts';

test('items of any characters come back as they were, in their order', async () => {
  const database = await openTestDatabase();
  const service = await startTestService(database, createTestModel());
  const texts = [
    '',
    'a"b\\c',
    '\n\t',
    '日本語 🎌',
    '{"x":1},[NULL]',
    '\u2028\uffff',
    '"'.repeat(100_000),
    'é'.repeat(999),
    'z',
  ];
  const created = await ask(service, '/v1/conversations', { body: {} });
  const { id } = (await created.json()) as { id: string };
  const items = texts.map((content) => ({ role: 'user', content }));
  const added = await ask(service, `/v1/conversations/${id}/items`, { body: { items } });
  assert.equal(added.status, 200, await added.text());
  const list = await ask(service, `/v1/conversations/${id}/items?order=asc`);
  const { data } = (await list.json()) as { data: { content: { text: string }[] }[] };
  assert.deepEqual(
    data.map(({ content }) => content[0]?.text),
    texts,
  );
  await service.close();
  await database.close();
});

// The driver writes an array of texts with two regular expressions: five seconds of this thread for 8 MiB of quotes.
test('no text of a client is given to the driver in an array', async () => {
  const given: Parameter[] = [];
  const recorded: Queryable = {
    query: async (_sql, parameters = []) => {
      given.push(...parameters);
      return { rows: [{ next_position: 2, item_count: 2, bytes: 2 }] as never[], count: 1 };
    },
  };
  const content = '"'.repeat(1_000);
  await appendItems(
    recorded,
    'p',
    'conv',
    writeItems(
      normalizeInput([
        { role: 'user', content },
        { role: 'user', content },
      ]),
    ),
  );
  const longest = given.filter(Array.isArray).flatMap((list: unknown[]) => list.map((part) => String(part).length));
  assert.ok(Math.max(...longest) < 100, `${Math.max(...longest)} characters`);
  assert.ok(given.some((value) => value instanceof Uint8Array && value.length > 4_000));
});
