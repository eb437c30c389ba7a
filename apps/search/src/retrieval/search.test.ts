import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '@kumiki/testing';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

let service: TestSearch;
let store: string;

const documents = [
  ['valve.md', '# Pump\n\n## Valve\n\nTurn the red valve slowly until the needle rests.', { year: 2024, lang: 'en' }],
  ['filter.txt', 'Rinse the filter with warm water every week.', { year: 2025, lang: 'en' }],
  ['mizu.txt', 'フィルターは毎週ぬるま湯で洗ってください。水圧計の針を確認します。', { year: 2026, lang: 'ja' }],
  ['serial.txt', 'The serial number XK-4471 stands below the handle.', { year: 2026, lang: 'en', draft: true }],
  ['plain.txt', 'Nothing here is about machines; bread needs flour and salt.', {}],
] as const;

before(async () => {
  service = await startTestSearch();
  store = (await service.call('POST', '/v1/vector_stores', { body: {} })).body.id;
  const files = [];
  for (const [name, content, attributes] of documents) {
    files.push({ file_id: await service.upload(name, content), attributes });
  }
  await service.call('POST', `/v1/vector_stores/${store}/file_batches`, { body: { files } });
  await until('all is ingested', 120_000, async () => {
    const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
    return body.file_counts.completed === documents.length;
  });
});
after(() => service[Symbol.asyncDispose]());

const search = (body: object, project = 'one') =>
  service.call('POST', `/v1/vector_stores/${store}/search`, { body, project });

async function namesFor(filters: unknown): Promise<string[]> {
  const { status, body } = await search({ query: 'machine', filters, max_num_results: 50 });
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map(({ filename }: { filename: string }) => filename.split('.')[0]).toSorted();
}

test('what is found comes in the shape that the SDKs read, with where it stands', async () => {
  const { body } = await search({ query: 'how do I turn the red valve', max_num_results: 2, rewrite_query: true });
  assert.equal(body.object, 'vector_store.search_results.page');
  assert.deepEqual(body.search_query, ['how do I turn the red valve']);
  assert.equal(body.data.length, 2);
  assert.equal(body.has_more, false);
  assert.equal(body.next_page, null);
  const [first] = body.data;
  assert.equal(first.filename, 'valve.md');
  assert.deepEqual(first.attributes, { year: 2024, lang: 'en' });
  assert.equal(first.content[0].type, 'text');
  assert.match(first.content[0].text, /needle/);
  assert.match(first.kumiki.chunk_id, /^chunk_\d+$/);
  assert.equal(first.kumiki.heading, 'Pump › Valve');
  assert.ok(first.score > 0.9 && first.score <= 1);
});

test('words find what they name, in Japanese too', async () => {
  const byWords = { hybrid_search: { embedding_weight: 0, text_weight: 1 } };
  const serial = await search({ query: 'xk-4471', ranking_options: byWords });
  assert.deepEqual(
    serial.body.data.map(({ filename }: { filename: string }) => filename),
    ['serial.txt'],
  );
  const japanese = await search({ query: '水圧計の針', ranking_options: byWords });
  assert.equal(japanese.body.data[0].filename, 'mizu.txt');
  const nothing = await search({ query: 'zebra', ranking_options: byWords });
  assert.deepEqual(nothing.body.data, []);
});

test('several queries are one search, and a threshold cuts its end', async () => {
  const { body } = await search({ query: ['red valve', 'flour and salt'] });
  assert.deepEqual(
    new Set(body.data.slice(0, 2).map(({ filename }: { filename: string }) => filename)),
    new Set(['valve.md', 'plain.txt']),
  );
  const cut = await search({ query: 'serial number', ranking_options: { ranker: 'auto', score_threshold: 0.95 } });
  assert.deepEqual(
    cut.body.data.map(({ filename }: { filename: string }) => filename),
    ['serial.txt'],
  );
});

test('filters hold as they read', async () => {
  const all = ['filter', 'mizu', 'plain', 'serial', 'valve'];
  assert.deepEqual(await namesFor(null), all);
  assert.deepEqual(await namesFor({ type: 'eq', key: 'lang', value: 'en' }), ['filter', 'serial', 'valve']);
  assert.deepEqual(await namesFor({ type: 'ne', key: 'lang', value: 'en' }), ['mizu', 'plain']);
  assert.deepEqual(await namesFor({ type: 'eq', key: 'draft', value: true }), ['serial']);
  assert.deepEqual(await namesFor({ type: 'gt', key: 'year', value: 2025 }), ['mizu', 'serial']);
  assert.deepEqual(await namesFor({ type: 'lte', key: 'year', value: 2024.5 }), ['valve']);
  assert.deepEqual(await namesFor({ type: 'gte', key: 'lang', value: 'ja' }), ['mizu']);
  assert.deepEqual(await namesFor({ type: 'lt', key: 'lang', value: 3 }), []);
  assert.deepEqual(await namesFor({ type: 'in', key: 'year', value: [2024, 2025] }), ['filter', 'valve']);
  assert.deepEqual(await namesFor({ type: 'nin', key: 'lang', value: ['en'] }), ['mizu', 'plain']);
  const nested = {
    type: 'and',
    filters: [
      { type: 'eq', key: 'lang', value: 'en' },
      {
        type: 'or',
        filters: [
          { type: 'eq', key: 'draft', value: true },
          { type: 'lt', key: 'year', value: 2025 },
        ],
      },
    ],
  };
  assert.deepEqual(await namesFor(nested), ['serial', 'valve']);
  assert.deepEqual(await namesFor({ type: 'eq', key: `a' OR '1'='1`, value: `"'; --` }), []);
});

test('what is no filter is refused with its place', async () => {
  const eq = { type: 'eq', key: 'a', value: 1 };
  let deep: object = eq;
  for (let level = 0; level < 20; level++) deep = { type: 'and', filters: [deep] };
  const cases: [unknown, string][] = [
    ['x', 'filters'],
    [[eq], 'filters'],
    [{ type: 'like', key: 'a', value: 'b' }, 'filters.type'],
    [{ type: 'eq', key: 'a' }, 'filters.value'],
    [{ type: 'gt', key: 'a', value: true }, 'filters.value'],
    [{ type: 'in', key: 'a', value: [] }, 'filters.value'],
    [{ type: 'eq', key: '\0', value: 1 }, 'filters.key'],
    [{ type: 'eq', key: 'a', value: '\ud800' }, 'filters.value'],
    [{ type: 'and', filters: [] }, 'filters.filters'],
    [{ type: 'or', filters: [eq, { type: 'eq', key: 'a', value: null }] }, 'filters.filters[1].value'],
    [{ type: 'and', filters: [eq], extra: 1 }, 'filters.extra'],
    [{ type: 'and', filters: Array.from({ length: 200 }, () => eq) }, 'filters.filters'],
    [deep, `filters${'.filters[0]'.repeat(8)}`],
  ];
  for (const [filters, param] of cases) {
    const { status, body } = await search({ query: 'x', filters });
    assert.equal(status, 400, param);
    assert.equal(body.error.param, param);
  }
  assert.equal((await search({ query: '' })).status, 400);
  assert.equal((await search({ query: 'x', max_num_results: 51 })).status, 400);
  assert.equal((await search({ query: 'x', colour: 1 })).body.error.code, 'unknown_parameter');
});

test('a store of another project cannot be searched, an empty one has nothing', async () => {
  assert.equal((await search({ query: 'valve' }, 'two')).status, 404);
  const empty = (await service.call('POST', '/v1/vector_stores', { body: {} })).body.id;
  const { body } = await service.call('POST', `/v1/vector_stores/${empty}/search`, { body: { query: 'valve' } });
  assert.deepEqual(body.data, []);
});

test('attributes that change are what filters see', async () => {
  const { body } = await search({ query: 'red valve', max_num_results: 1 });
  const path = `/v1/vector_stores/${store}/files/${body.data[0].file_id}`;
  const changed = await service.call('POST', path, { body: { attributes: { colour: 'red' } } });
  assert.deepEqual(changed.body.attributes, { colour: 'red' });
  assert.deepEqual(await namesFor({ type: 'eq', key: 'colour', value: 'red' }), ['valve']);
  const before = documents[0][2];
  await service.call('POST', path, { body: { attributes: before } });
});
