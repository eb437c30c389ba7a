import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { defaultProjectLimits, headers, type ProjectLimits, writeProjectLimits } from '@kumiki/api';
import { until } from '@kumiki/testing';
import { createFolderObjects } from '../objects/folder-objects.ts';
import { sweep } from '../sweep/sweep.ts';
import { startTestSearch, type TestSearch } from '../testing/test-search.ts';

const patienceMs = 60_000;

let service: TestSearch;
before(async () => {
  service = await startTestSearch();
});
after(() => service[Symbol.asyncDispose]());

const limited = (limits: Partial<ProjectLimits>): Record<string, string> => ({
  [headers.projectLimits]: writeProjectLimits({ ...defaultProjectLimits, ...limits }),
});

function upload(project: string, bytes: number, limits: Partial<ProjectLimits>) {
  const form = new FormData();
  form.append('purpose', 'assistants');
  form.append('file', new Blob([new Uint8Array(bytes)]), 'a.txt');
  return service.call('POST', '/v1/files', { form, project, headers: limited(limits) });
}

async function usage(project: string) {
  return (await service.call('GET', `/v1/kumiki/usage/files/${encodeURIComponent(project)}`)).body;
}

const objects = (): string[] => (existsSync(service.objectsFolder) ? readdirSync(service.objectsFolder) : []);

/** Sends a form without a length, or with a larger length than it has. */
function rawUpload(project: string, length: number | null, limits: Partial<ProjectLimits>) {
  const request = httpRequest({
    port: service.search.port,
    method: 'POST',
    path: '/v1/files',
    headers: {
      authorization: 'Bearer token-of-the-gateway',
      'x-kumiki-key': 'key',
      'x-kumiki-project': project,
      'content-type': 'multipart/form-data; boundary=b',
      ...limited(limits),
      ...(length === null ? {} : { 'content-length': String(length) }),
    },
  });
  request.on('error', () => {});
  request.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n');
  return request;
}

test('what a project has is counted, and given back when it is deleted', async () => {
  const { body: file } = await upload('counted', 1_000, {});
  await upload('counted', 500, {});
  const { body: store } = await service.call('POST', '/v1/vector_stores', { project: 'counted', body: {} });
  const used = { object: 'kumiki.usage', project: 'counted', files: 2, file_bytes: 1_500, vector_stores: 1 };
  assert.deepEqual(await usage('counted'), used);
  await service.call('DELETE', `/v1/files/${file.id}`, { project: 'counted' });
  await service.call('DELETE', `/v1/vector_stores/${store.id}`, { project: 'counted' });
  assert.deepEqual(await usage('counted'), { ...used, files: 1, file_bytes: 500, vector_stores: 0 });
  assert.deepEqual(await usage('名もない'), {
    ...used,
    project: '名もない',
    files: 0,
    file_bytes: 0,
    vector_stores: 0,
  });
});

test('what would pass a limit is refused with the limit, what is used, what was needed and what would pass', async () => {
  const limits = { files: 2, file_bytes: 100_000, vector_stores: 1 };
  assert.equal((await upload('full', 60_000, limits)).status, 200);
  const large = await upload('full', 60_000, limits);
  assert.equal(large.status, 429);
  assert.equal(large.body.error.code, 'quota_exceeded');
  assert.match(
    large.body.error.message,
    /'full' may have 100000 file_bytes and has 60000; .* Send at most 40000 bytes/,
  );
  // The form's overhead does not count.
  assert.equal((await upload('full', 40_000, limits)).status, 200);
  const third = await upload('full', 0, limits);
  assert.match(third.body.error.message, /'full' may have 2 files and has 2; this needs 1 more/);
  const body = {};
  const options = { project: 'full', body, headers: limited(limits) };
  assert.equal((await service.call('POST', '/v1/vector_stores', options)).status, 200);
  const second = await service.call('POST', '/v1/vector_stores', options);
  assert.equal(second.body.error.code, 'quota_exceeded');
  assert.match(second.body.error.message, /may have 1 vector_stores and has 1/);
  assert.deepEqual((await usage('full')).file_bytes, 100_000);
});

test('an upload that says it is too large is refused before its bytes are taken', async () => {
  const request = rawUpload('declared', 100_000_000, { file_bytes: 1_000_000 });
  const [response] = (await once(request, 'response')) as [{ statusCode: number }];
  assert.equal(response.statusCode, 429);
  request.destroy();
});

test('an upload that does not say how large it is is ended where the room ends, and leaves nothing', async () => {
  const request = rawUpload('undeclared', null, { file_bytes: 1_000_000 });
  const replied = once(request, 'response');
  const piece = Buffer.alloc(65_536);
  for (let sent = 0; sent < 3_000_000; sent += piece.length) request.write(piece);
  const [response] = (await replied) as [{ statusCode: number }];
  assert.equal(response.statusCode, 429);
  request.destroy();
  const { rows } = await service.database.query(`SELECT 1 FROM search.uploads WHERE project = 'undeclared'`);
  assert.deepEqual(rows, []);
});

test('of uploads at once that fit alone and not together, one passes', async () => {
  for (let round = 0; round < 10; round++) {
    const project = `race-${round}`;
    const replies = await Promise.all([1, 2, 3].map(() => upload(project, 60_000, { file_bytes: 100_000 })));
    assert.deepEqual(
      replies.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 429, 429],
    );
    assert.equal((await usage(project)).file_bytes, 60_000);
  }
});

test('an upload that its client breaks off gives everything back, and one whose process died is swept', async () => {
  const before = objects().length;
  const request = rawUpload('aborted', 50_000_000, {});
  request.write(Buffer.alloc(1_000_000));
  await until('room is set aside and bytes are there', patienceMs, async () => {
    return (await usage('aborted')).files === 1 && objects().length > before;
  });
  request.destroy();
  await until('all is given back', patienceMs, async () => {
    return (await usage('aborted')).files === 0 && objects().length === before;
  });

  const folder = createFolderObjects(service.objectsFolder);
  await folder.write(
    'file-dead',
    (async function* () {
      yield Buffer.from('half');
    })(),
  );
  await service.database.query(
    `INSERT INTO search.uploads (id, project, bytes, expires_at)
     VALUES ('file-dead', 'dead', 4, now() - interval '1 second')`,
  );
  const revisions = { lastSeen: () => null, embed: () => Promise.reject(new Error('nobody asks')) };
  await sweep({ database: service.database, objects: folder, revisions, signal: new AbortController().signal });
  assert.equal(objects().includes('file-dead'), false);
  assert.equal((await service.database.query('SELECT 1 FROM search.uploads')).count, 0);
});
