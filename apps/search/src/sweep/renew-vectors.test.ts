import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '@kumiki/testing';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

const waitMs = 120_000;
let service: TestSearch;
before(async () => {
  service = await startTestSearch({ sweepEveryMs: 50 });
});
after(() => service[Symbol.asyncDispose]());
beforeEach(() => void (service.model.texts.length = 0));

async function storeOf(...texts: string[]): Promise<string> {
  const { body } = await service.call('POST', '/v1/vector_stores', { body: {} });
  for (const text of texts) await addTo(body.id, text);
  return body.id;
}

async function addTo(store: string, text: string): Promise<void> {
  const file_id = await service.upload('file.txt', text);
  const { body } = await service.call('POST', `/v1/vector_stores/${store}/files`, { body: { file_id } });
  assert.equal(body.status, 'in_progress', JSON.stringify(body));
  await until('the file is in the store', waitMs, async () => {
    const { body } = await service.call('GET', `/v1/vector_stores/${store}/files/${file_id}`);
    assert.notEqual(body.status, 'failed', JSON.stringify(body));
    return body.status === 'completed';
  });
}

async function revisionOf(store: string): Promise<number | null> {
  const { rows } = await service.database.query<{ revision: number | null }>(
    'SELECT embedding_revision AS revision FROM search.vector_stores WHERE id = $1',
    [store],
  );
  return rows[0]?.revision ?? null;
}

async function find(store: string, query: string, embedding_weight: number, text_weight: number): Promise<string[]> {
  const { body } = await service.call('POST', `/v1/vector_stores/${store}/search`, {
    body: { query, ranking_options: { hybrid_search: { embedding_weight, text_weight } } },
  });
  return body.data.map(({ content }: { content: { text: string }[] }) => content[0]?.text);
}

test('vectors of a replaced model are recomputed, by the replacement only', async () => {
  const store = await storeOf('The pear is green.', 'The plum is blue.');
  const first = await revisionOf(store);
  assert.notEqual(first, null);
  service.model.revision = { name: 'second', dimensions: 64 };
  // Ingest detects the new revision first, and restarts its batch.
  await addTo(store, 'The fig is violet.');
  await until('all are renewed', waitMs, async () => (await revisionOf(store)) !== first);
  assert.equal(service.model.texts.filter((text) => text.includes('pear')).length, 2);
  assert.equal(service.model.texts.filter((text) => text.includes('fig')).length, 2);
  for (const text of ['The pear is green.', 'The plum is blue.', 'The fig is violet.'])
    assert.equal((await find(store, text, 1, 0))[0], text);
  // An equal text reuses the latest vector.
  const other = await storeOf('The pear is green.');
  assert.equal(service.model.texts.filter((text) => text === 'The pear is green.').length, 3);
  assert.equal(await revisionOf(other), await revisionOf(store));
});

test('until then words find alone', async () => {
  await using unswept = await startTestSearch();
  const swept = service;
  service = unswept;
  try {
    const store = await storeOf('The quince is yellow.', 'The sloe is black.');
    assert.equal((await find(store, 'quince', 1, 1)).length, 2);
    await unswept.database.query('UPDATE search.vector_stores SET embedding_revision = -1');
    assert.deepEqual(await find(store, 'quince', 1, 1), ['The quince is yellow.']);
  } finally {
    service = swept;
  }
});

test('a store from before revisions keeps its vectors when the model is still the same', async () => {
  const store = await storeOf('The medlar is brown.');
  await service.database.query(`UPDATE search.chunks SET digest = '\\x00' WHERE text LIKE '%medlar%'`);
  await service.database.query('UPDATE search.vector_stores SET embedding_revision = NULL WHERE id = $1', [store]);
  await until('the sweeper has looked', waitMs, async () => (await revisionOf(store)) !== null);
  const { rows } = await service.database.query(`SELECT 1 FROM search.chunks WHERE digest = '\\x00'`);
  assert.equal(rows.length, 1);
});

test('a replacement may have other dimensions', async () => {
  const store = await storeOf('The peach is red.');
  service.model.revision = { name: 'third', dimensions: 32 };
  await storeOf('The lime is sour.');
  await until('the store has them', waitMs, async () => {
    const { body } = await service.call('GET', `/v1/vector_stores/${store}`);
    return body.kumiki.dimensions === 32;
  });
  assert.deepEqual(await find(store, 'The peach is red.', 1, 0), ['The peach is red.']);
});
