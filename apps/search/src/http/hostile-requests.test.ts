import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allPaths, type PathRow } from '@kumiki/api';
import fc from 'fast-check';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

/** Any request is answered or refused: no input makes a route fail. Routes come from the table. */

let service: TestSearch;
let store: string;
let file: string;
before(async () => {
  service = await startTestSearch();
  file = await service.upload('a.txt', 'Some text.');
  store = (await service.call('POST', '/v1/vector_stores', { body: { file_ids: [file] } })).body.id;
});
after(() => service[Symbol.asyncDispose]());

const rows = allPaths.filter(({ owner, method, pattern }) => {
  // Deletions would remove the resources under test; deletions and uploads have separate tests.
  return owner === 'search' && method !== 'DELETE' && !(method === 'POST' && pattern === '/v1/files');
});

const hostileText = fc.oneof(
  fc.constantFrom(
    '\0',
    'a\0b',
    '\ud800',
    '\udfff',
    '%00',
    "'; DROP TABLE search.files; --",
    '\\',
    '"',
    '\u202e',
    '../..',
  ),
  fc.constantFrom('9'.repeat(400), 'a'.repeat(200), '-1', '1e309', 'NaN', 'null', '{}', '[]', '__proto__', ''),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const hostileValue = fc.oneof(
  hostileText,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(1e308, -1e308, 5e-324, 2 ** 63, -0),
  fc.array(hostileText, { maxLength: 3 }),
  fc.dictionary(hostileText, hostileText, { maxKeys: 3 }),
);

const comparison = fc.record({
  type: fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'xx'),
  key: hostileText,
  value: hostileValue,
});
/** Members that some route knows, so that hostile values get past the first check of its schema. */
const body = fc.oneof(
  fc.record(
    {
      query: fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 })),
      filters: fc.oneof(
        hostileValue,
        comparison,
        fc.record({ type: fc.constant('and'), filters: fc.array(comparison, { maxLength: 3 }) }),
      ),
      max_num_results: fc.oneof(fc.constantFrom(1, 50), hostileValue),
      ranking_options: fc.record({ score_threshold: fc.oneof(fc.constant(0.5), hostileValue) }, { requiredKeys: [] }),
    },
    { requiredKeys: ['query'] },
  ),
  fc.record(
    {
      name: hostileValue,
      description: hostileText,
      metadata: fc.dictionary(hostileText, hostileText, { maxKeys: 3 }),
      file_ids: fc.array(hostileText, { minLength: 1, maxLength: 3 }),
      expires_after: fc.constant({ anchor: 'last_active_at', days: 1 }),
      kumiki: fc.record({ embedding_model: hostileText }),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    { file_id: hostileText, attributes: fc.dictionary(hostileText, hostileValue, { maxKeys: 3 }) },
    { requiredKeys: ['attributes'] },
  ),
  fc.record({ files: fc.array(fc.record({ file_id: hostileText, attributes: hostileValue }), { maxLength: 3 }) }),
  hostileValue,
);
const query = fc.oneof(
  fc.constant({}),
  fc.dictionary(
    fc.constantFrom('after', 'before', 'limit', 'order', 'filter', 'purpose', 'include[]', 'x'),
    hostileText,
    {
      maxKeys: 3,
    },
  ),
);

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

/** The path with existing or invented ids. */
function pathOf({ pattern }: PathRow, ids: readonly (string | null)[]): string {
  let place = 0;
  return pattern.replaceAll(/:(\w+)/g, (_, name: string) => {
    const made = ids[place++ % Math.max(1, ids.length)] ?? null;
    const real = name === 'store' ? store : name === 'file' ? file : 'vsfb_none';
    return made === null ? real : encode(made);
  });
}

for (const row of rows) {
  test(`${row.method} ${row.pattern} never fails of what it is sent`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(hostileText), { maxLength: 2 }), query, body, async (ids, search, sent) => {
        const parameters = new URLSearchParams();
        for (const [name, value] of Object.entries(search)) parameters.append(name, value.toWellFormed());
        const options = row.body.kind === 'json' ? { body: sent } : {};
        const reply = await service.call(row.method, `${pathOf(row, ids)}?${parameters.toString()}`, options);
        assert.ok(reply.status < 500, `${reply.status} ${JSON.stringify(reply.body)}`);
      }),
      { numRuns: row.body.kind === 'json' ? 60 : 20 },
    );
  });
}

test('an upload never fails of its name, its fields or its key', async () => {
  await fc.assert(
    fc.asyncProperty(
      hostileText,
      fc.oneof(fc.constant('assistants'), hostileText),
      hostileText,
      async (filename, purpose, key) => {
        const form = new FormData();
        form.append('purpose', purpose);
        form.append('file', new Blob(['x']), filename);
        const headers = /^[\x20-\x7e]+$/.test(key) ? { 'idempotency-key': key } : {};
        const reply = await service.call('POST', '/v1/files', { form, headers });
        assert.ok(reply.status < 500, `${reply.status} ${JSON.stringify(reply.body)}`);
      },
    ),
    { numRuns: 50 },
  );
});
