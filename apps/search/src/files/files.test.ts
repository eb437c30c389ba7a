import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

let service: TestSearch;
before(async () => {
  service = await startTestSearch();
});
after(() => service[Symbol.asyncDispose]());

function formOf(
  fields: Record<string, string>,
  file?: { name: string; content: string | Uint8Array<ArrayBuffer> },
): FormData {
  const form = new FormData();
  if (file !== undefined) form.append('file', new Blob([file.content]), file.name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

test('a file comes back byte for byte, with its name, and is gone when deleted', async () => {
  const content = new Uint8Array(3_000_000).map((_, index) => (index * 31) % 251);
  const form = formOf({ purpose: 'user_data' }, { name: '説明書 (1).bin', content });
  const created = await service.call('POST', '/v1/files', { form });
  assert.equal(created.status, 200, JSON.stringify(created.body));
  assert.match(created.body.id, /^file-[0-9a-z]{24}$/);
  assert.equal(created.body.filename, '説明書 (1).bin');
  assert.equal(created.body.bytes, content.length);
  assert.equal(created.body.object, 'file');
  const path = `/v1/files/${created.body.id}`;
  assert.deepEqual((await service.call('GET', path)).body, created.body);
  const response = await fetch(`http://127.0.0.1:${service.search.port}${path}/content`, {
    headers: { authorization: 'Bearer token-of-the-gateway', 'x-kumiki-key': 'k', 'x-kumiki-project': 'one' },
  });
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(content));
  assert.deepEqual((await service.call('DELETE', path)).body, { id: created.body.id, object: 'file', deleted: true });
  assert.equal((await service.call('GET', path)).status, 404);
  assert.equal((await service.call('GET', `${path}/content`)).status, 404);
});

test('a file of another project does not exist, whatever is asked of it', async () => {
  const id = await service.upload('mine.txt', 'mine');
  for (const [method, path] of [
    ['GET', `/v1/files/${id}`],
    ['GET', `/v1/files/${id}/content`],
    ['DELETE', `/v1/files/${id}`],
  ] as const) {
    const reply = await service.call(method, path, { project: 'two' });
    assert.equal(reply.status, 404);
    assert.equal(reply.body.error.code, 'not_found');
  }
  const listed = await service.call('GET', '/v1/files', { project: 'two' });
  assert.deepEqual(listed.body, { object: 'list', data: [], first_id: '', last_id: '', has_more: false });
  assert.equal((await service.call('GET', `/v1/files?after=${id}`, { project: 'two' })).status, 400);
});

test('lists go page by page, in both orders, and by purpose', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) ids.push(await service.upload(`${index}.txt`, 'x', 'pages'));
  const batch = formOf({ purpose: 'batch' }, { name: 'b.jsonl', content: '{}' });
  const { body: ofBatch } = await service.call('POST', '/v1/files', { form: batch, project: 'pages' });
  const list = async (query: string) => (await service.call('GET', `/v1/files?${query}`, { project: 'pages' })).body;
  const seen: string[] = [];
  for (let after = ''; ;) {
    const page = await list(`purpose=assistants&limit=2&order=asc${after}`);
    seen.push(...page.data.map(({ id }: { id: string }) => id));
    if (!page.has_more) break;
    after = `&after=${page.last_id}`;
  }
  assert.deepEqual(seen, ids);
  const newest = await list('limit=1');
  assert.equal(newest.data[0].id, ofBatch.id);
  assert.equal(newest.has_more, true);
  assert.equal(ofBatch.expires_at, ofBatch.created_at + 2_592_000);
});

test('what a form lacks or gets wrong is refused with the name of its field, and leaves nothing behind', async () => {
  const file = { name: 'a.txt', content: 'x' };
  const cases: [FormData, string][] = [
    [formOf({ purpose: 'assistants' }), 'file'],
    [formOf({}, file), 'purpose'],
    [formOf({ purpose: 'nonsense' }, file), 'purpose'],
    [formOf({ purpose: 'batch', 'expires_after[seconds]': '5' }, file), 'expires_after[seconds]'],
    [formOf({ purpose: 'batch', colour: 'red' }, file), 'colour'],
  ];
  for (const [form, param] of cases) {
    const reply = await service.call('POST', '/v1/files', { form, project: 'wrong' });
    assert.equal(reply.status, 400, param);
    assert.equal(reply.body.error.param, param);
  }
  assert.equal((await service.call('POST', '/v1/files', { body: {}, project: 'wrong' })).status, 400);
  const listed = await service.call('GET', '/v1/files', { project: 'wrong' });
  assert.deepEqual(listed.body.data, []);
});

test('ids and names that are attacks are names and nothing else', async () => {
  const form = formOf({ purpose: 'assistants' }, { name: '../../etc/passwd', content: 'x' });
  assert.equal((await service.call('POST', '/v1/files', { form })).body.filename, 'passwd');
  for (const id of ["'; DROP TABLE search.files; --", '..%2f..%2fetc', '%00', 'x'.repeat(400)]) {
    const reply = await service.call('GET', `/v1/files/${encodeURIComponent(id)}`);
    assert.equal(reply.status, 404, id);
  }
  assert.equal((await service.call('GET', '/v1/files?limit=0')).status, 400);
  assert.equal((await service.call('GET', '/v1/files?limit=1&limit=2')).status, 400);
});

test('a page of a list ends at its limit of bytes, and the next one continues from there', async () => {
  await service.database.query(
    `INSERT INTO search.files (id, project, filename, purpose, bytes, sha256)
     SELECT 'file-long' || n, 'long', repeat('あ', 512), 'assistants', 1, '' FROM generate_series(1, 6000) AS n`,
  );
  const seen = new Set<string>();
  let pages = 0;
  for (let after = ''; ; pages++) {
    const { body } = await service.call('GET', `/v1/files?order=asc${after}`, { project: 'long' });
    assert.ok(JSON.stringify(body).length < 4_194_304);
    for (const { id } of body.data) seen.add(id);
    if (!body.has_more) break;
    after = `&after=${body.last_id}`;
  }
  assert.equal(seen.size, 6_000);
  assert.ok(pages >= 2);
});
