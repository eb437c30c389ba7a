import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths, findPath } from '@kumiki/api';
import { createLog } from './log.ts';
import { createServiceApp, listenApp } from './service-app.ts';

const log = createLog({ service: 'test', level: 'silent' });
const open = async () => (await createServiceApp({ owner: 'search', token: 't', log, requestTimeoutMs: 5_000 })).app;

test('a route without a row in the table cannot be registered', async () => {
  const app = await open();
  assert.throws(() => app.get('/v1/files/:id/thumbnail', () => ({})), /GET \/v1\/files\/:id\/thumbnail of search/);
  assert.throws(() => app.post('/v1/responses', () => ({})), /POST \/v1\/responses of search/);
  app.get('/v1/files/:any_name', () => ({}));
});

test('a service that lacks a route of its rows does not start', async () => {
  const app = await open();
  for (const { method, pattern, owner } of allPaths) {
    if (owner === 'search' && pattern !== '/v1/files/:file/content') {
      app.route({ method, url: pattern, handler: () => ({}) });
    }
  }
  await assert.rejects(listenApp(app, '127.0.0.1', 0), /Nothing answers GET \/v1\/files\/:file\/content of/);
  await app.close();
});

test('a body has the limit of its own route', async () => {
  const app = await open();
  app.post('/v1/vector_stores', () => ({}));
  app.post('/v1/vector_stores/:id/search', () => ({}));
  for (const path of ['/v1/vector_stores', '/v1/vector_stores/vs_1/search']) {
    const limit = findPath('POST', path)?.body.maxBytes ?? 0;
    for (const [bytes, status] of [
      [limit, 200],
      [limit + 1, 413],
    ] as const) {
      const payload = `{"a":"${'x'.repeat(bytes - 8)}"}`;
      assert.equal(payload.length, bytes);
      const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
      const reply = await app.inject({ method: 'POST', url: path, headers, payload });
      assert.equal(reply.statusCode, status, `${path}: ${reply.body}`);
      if (status === 413) assert.match(reply.body, new RegExp(`limit of ${limit} bytes`));
    }
  }
  await app.close();
});

test('an empty body is no body, whatever its type says', async () => {
  const app = await open();
  app.delete('/v1/files/:id', (request) => ({ body: request.body ?? null }));
  app.post('/v1/vector_stores/:store/file_batches/:batch/cancel', (request) => ({ body: request.body ?? null }));
  app.get('/v1/files', (request) => ({ body: request.body ?? null }));
  for (const [method, url] of [
    ['DELETE', '/v1/files/file-1'],
    ['POST', '/v1/vector_stores/vs_1/file_batches/vsfb_1/cancel'],
    ['GET', '/v1/files'],
  ] as const) {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/merge-patch+json']) {
      const headers = { authorization: 'Bearer t', 'content-type': type };
      const reply = await app.inject({ method, url, headers });
      assert.deepEqual([reply.statusCode, reply.json()], [200, { body: null }], `${method} ${type}`);
    }
  }
  const headers = { authorization: 'Bearer t', 'content-type': 'text/plain' };
  const text = await app.inject({
    method: 'POST',
    url: '/v1/vector_stores/a/file_batches/b/cancel',
    headers,
    payload: 'x',
  });
  assert.equal(text.json<{ error: { code: string } }>().error.code, 'unsupported_media_type');
  await app.close();
});
